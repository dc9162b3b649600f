"""Answers every question with bytes that mean nothing.

Without the judge: none
Outcome: suspicious
"""
# {AGENT}
def answer(*request):
    global asking
    asking = request
    send(bytes(range(256)) * 4)


kernel.shell_handlers["good_fit_question"] = answer
