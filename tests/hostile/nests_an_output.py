"""Sends an output of lists within lists, as deep as Python reads them.

Outcome: suspicious
"""

kernel = get_ipython().kernel
deep = []
for _ in range(900):
    deep = [deep]
kernel.session.send(kernel.iopub_socket, "display_data", {"data": {"application/json": deep}, "metadata": {}}, parent=kernel.get_parent("shell"))
kernel.session.send(kernel.iopub_socket, "display_data", b'{"data":' + b"[" * 100_000 + b"]" * 100_000 + b"}", parent=kernel.get_parent("shell"))
