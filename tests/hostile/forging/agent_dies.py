"""Ends its process while it answers.

Without the judge: none
Outcome: crashed
"""
# {AGENT}
def answer(*request):
    global asking
    asking = request
    import os

    os._exit(0)


kernel.shell_handlers["good_fit_question"] = answer
