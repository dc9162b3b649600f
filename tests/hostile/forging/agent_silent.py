"""Answers no question at all.

Without the judge: none
Outcome: suspicious
"""
# {AGENT}
def answer(*request):
    global asking
    asking = request
    pass


kernel.shell_handlers["good_fit_question"] = answer
