"""Looks for solutions, hidden tests, the gradebook, other students, the instructor's home and environment.

Outcome: full
"""

import glob, os
from pathlib import Path

loot = []
for place in ("{COURSE}", "{ROOT}/solutions", "{ROOT}/tests", "{ROOT}/classroom", "{ROOT}/grading", "{HOME}", "{SECRETS}"):
    try:
        loot += [f"{place}: {name}" for name in os.listdir(place) if name not in (".venv", "helpers", "datasets", "main", ".pyenv")]
    except OSError:
        pass
for file in ("{COURSE}/classroom/gradebook.db", "{COURSE}/solutions/99-tiny/activity.ipynb", "{SECRETS}/token", "/etc/shadow", "/etc/passwd"):
    try:
        loot.append(Path(file).read_bytes()[:20])
    except OSError:
        pass
loot += [name for name, value in os.environ.items() if "secret" in (name + value).lower()]
for file in glob.glob("/proc/[0-9]*/environ") + glob.glob("/proc/[0-9]*/cmdline"):
    try:
        content = Path(file).read_bytes()
    except OSError:
        continue
    loot += [file] if b"secret" in content.lower() or b"classroom" in content else []
loot += [name for name in os.listdir(".") if name.endswith(".ipynb")]
print("LOOT:", loot)
