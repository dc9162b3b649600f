"""Opens connections: to a server on this machine, to the network, by name.

Outcome: full
"""

import socket

loot = []
for address in (("127.0.0.1", {PORT}), ("10.0.0.1", 80), ("192.0.2.1", 80)):
    try:
        socket.create_connection(address, 1)
        loot.append(address)
    except OSError:
        pass
try:
    socket.getaddrinfo("localhost.localdomain.test", 80)
    loot.append("name")
except OSError:
    pass
abstract = socket.socket(socket.AF_UNIX)
try:
    abstract.connect("\0good-fit-{PORT}")
    loot.append("abstract socket")
except OSError:
    pass
print("LOOT:", loot)
