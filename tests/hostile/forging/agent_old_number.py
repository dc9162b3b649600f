"""Answers another question than was asked.

Without the judge: none
Outcome: suspicious
"""
# {AGENT}
def answer(*request):
    global asking
    asking = request
    send(packed(["list", [10**6, ["list", ["value", 45]]]]))


kernel.shell_handlers["good_fit_question"] = answer
