"""Says that its function raised something that would end the judge.

Without the judge: none
Outcome: partial or suspicious
"""
# {AGENT}
def answer(*request):
    global asking
    asking = request
    number, question = asked()
    send(packed(["list", [number, ["list", ["error", ["list", [["list", ["KeyboardInterrupt", "SystemExit", "BaseException"]], "bye", None]]]]]]))


kernel.shell_handlers["good_fit_question"] = answer
