"""nbgrader's settings: where the course, the students' work and the grades live."""

import logging
import os
import re
import sys
import warnings
from pathlib import Path

# nbgrader starts `alembic` as a command: find it although the environment is not activated.
os.environ["PATH"] = f"{Path(sys.executable).parent}{os.pathsep}{os.environ.get('PATH', '')}"

# Harmless, and nbgrader's own: it looks at a new submission before its data base does.
warnings.filterwarnings("ignore", "Object of type <Submitted.* not in session")

here = Path(__file__).resolve().parent
c = get_config()  # noqa: F821  (nbgrader provides it)
teaching = (here / "solutions").is_dir()  # students have neither solutions nor what grades
if teaching and set(str(here)) & set("[]*?"):
    sys.exit(
        f"nbgrader can't work in {here}: it takes [, ], * and ? for a pattern. Give the folder another name."
    )

c.CourseDirectory.course_id = "good-fit"
c.CourseDirectory.root = str(here)
c.CourseDirectory.source_directory = "solutions"
c.CourseDirectory.release_directory = "notebooks"
# Students' work and grades stay under classroom/, which git ignores.
c.CourseDirectory.submitted_directory = "classroom/submitted"
c.CourseDirectory.autograded_directory = "classroom/autograded"
c.CourseDirectory.feedback_directory = "classroom/feedback"
c.CourseDirectory.db_url = f"sqlite:///{here}/classroom/gradebook.db"
c.ZipCollectApp.downloaded_directory = "classroom/downloaded"
c.ZipCollectApp.extractor_plugin = "grading.plugins.Extractor"
c.ZipCollectApp.collector_plugin = "grading.plugins.Collector"
# Names as Moodle and Canvas export them, or <unit>_<student>_activity.ipynb:
#   Anna Muster_123_assignsubmission_file_/activity.ipynb    musteranna_LATE_123_456_activity-1.ipynb
c.FileNameCollectorPlugin.named_regexp = (
    r".*/(?:\d\d-[a-z0-9-]+_)?(?P<student_id>[^/]+?)(?:_LATE)?"
    r"(?:_\d+_assignsubmission_file_?/|_\d+_\d+_|_)(?P<file_id>activity)(?:[-_ ]?\(?\d+\)?)?\.ipynb$"
)

# What of a submission is not copied: Jupyter runs its own settings wherever it finds them.
c.CourseDirectory.ignore = [
    ".ipynb_checkpoints",
    "*.pyc",
    "__pycache__",
    "feedback",
    "nbgrader_config.*",
    "jupyter*_config.*",
]

# Handing out and taking in on one machine; on a shared server name a folder that all can reach.
# `nbgrader release_assignment` makes it.
c.Exchange.root = str(here / "classroom" / "exchange")
c.Exchange.cache = str(here / "classroom" / "cache")
# What is fetched on this machine comes to good-fit/<unit>/, which git ignores, too.
c.Exchange.path_includes_course = True

c.ClearSolutions.code_stub = {
    "python": '# YOUR CODE HERE\nraise NotImplementedError("not answered yet")'
}
c.ClearSolutions.text_stub = "*Your answer here.*"
# Training takes longer than nbgrader's 30 seconds a cell.
c.Execute.timeout = 120
c.ExecuteGraded.timeout = 120


def name_the_question(cell, cell_index):
    """Let Validate name a question whose check failed, where it would show the code of the check."""
    from nbgrader.utils import compute_checksum

    marks = cell.metadata.get("nbgrader", {})
    question = re.match(r"with checks\.question\((\d+)\)", cell.source)
    validating = os.environ.get("NBGRADER_EXECUTION") == "validate"
    if validating and question and marks.get("checksum") == compute_checksum(cell):
        cell.source = f"Question {question[1]}"
        marks["checksum"] = compute_checksum(cell)  # a check that a student changed is still told


c.Execute.on_cell_complete = name_the_question
# What else a submission may use, where it should be other than grading/kernels/sandbox.py says:
#   c.ExecuteGraded.limits = {"memory": 8000, "notebook": 1800}    in MB and seconds

# Release no check that the judge could not run.
c.GenerateAssignment.preprocessors.insert(0, "grading.steps.JudgeableChecks")
# Run only notebooks that are graded, in a sandbox; never take points away for a warning; let no script through.
c.Autograde.autograde_preprocessors = [
    "grading.steps.ExecuteGraded",
    "grading.steps.HarmlessPage",
    "nbconvert.preprocessors.ClearMetadataPreprocessor",
    "nbgrader.preprocessors.LimitOutput",
    "nbgrader.preprocessors.SaveAutoGrades",
    "nbgrader.preprocessors.AssignLatePenalties",
]
# Pages show nothing of a submission that could run in a browser (grading/pages.py).
if teaching:
    c.HTMLExporter.preprocessors = ["grading.steps.HarmlessPage", "grading.pages.GuardedPage"]
    c.CSSHTMLHeaderPreprocessor.enabled = False  # nbconvert's, which the last of these replaces
    c.GuardedPage.enabled = True
    c.HTMLExporter.filters = {"markdown2html": "grading.pages.markdown2html"}
    import grading
    from grading.names import PrintableRecord

    logging.setLogRecordFactory(
        PrintableRecord
    )  # names of files and students are printed, not obeyed
    c.GenerateFeedback.exporter_class = "grading.pages.FeedbackPage"
    c.FeedbackPage.extra_template_basedirs = list(
        grading.__path__
    )  # its template is grading/feedback
    c.ExportApp.plugin_class = "grading.plugins.Export"
# Feedback holds the messages of the checks, not the hidden tests and not the way to them.
c.GenerateFeedback.preprocessors = [
    "nbgrader.preprocessors.GetGrades",
    "grading.steps.StudentView",
    "grading.steps.Overview",
]
