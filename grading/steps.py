"""Steps in nbgrader's pipelines, named in nbgrader_config.py."""

from nbconvert.preprocessors import Preprocessor
from nbgrader import utils
from nbgrader.preprocessors import ClearHiddenTests, Execute


class ExecuteGraded(Execute):
    """Run a submission; leave notebooks with nothing to grade alone, and never grade on noise.

    nbgrader runs lessons too if they are handed in, and takes a point away for every
    warning: it counts any text on the error stream of a check as a failure.
    """

    def preprocess(self, nb, resources, km=None):
        if not any(utils.is_grade(cell) for cell in nb.cells):
            return nb, resources
        nb, resources = super().preprocess(nb, resources, km)
        for cell in filter(utils.is_grade, nb.cells):
            if cell.cell_type == "code":
                cell.outputs = [out for out in cell.outputs if out.get("name") != "stderr"]
        return nb, resources


class StudentView(Preprocessor):
    """Take out of feedback what students must not see.

    Hidden tests go, and of every error only its message stays: a traceback shows
    hidden tests and the grader's folders.
    """

    def preprocess(self, nb, resources):
        nb, resources = ClearHiddenTests().preprocess(nb, resources)
        for cell in nb.cells:
            for output in cell.get("outputs", []):
                if output.output_type == "error":
                    check = output.ename == "NotYet" and utils.is_grade(cell)
                    output.traceback = [output.evalue if check else f"{output.ename}: {output.evalue}"]
        return nb, resources
