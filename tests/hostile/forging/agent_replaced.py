"""Puts an agent of its own in place of the one that answers the judge, and sends its answers from a thread.

Without the judge: none
Outcome: suspicious or partial
"""
import threading
import time

kernel = get_ipython().kernel
kernel.shell_handlers["good_fit_question"] = lambda *request: None


def shout():
    while True:
        parent = kernel.get_parent("shell")
        kernel.session.send(kernel.iopub_socket, "good_fit_answer", {}, parent=parent, buffers=[b"yes"])
        time.sleep(0.01)


threading.Thread(target=shout, daemon=True).start()
