"""Answers every question twice.

Without the judge: none
Outcome: partial or suspicious
"""
# {AGENT}
def answer(*request):
    global asking
    asking = request
    number, _ = asked()
    send(*[packed(["list", [number, ["list", ["value", 44]]]])] * 2)


kernel.shell_handlers["good_fit_question"] = answer
