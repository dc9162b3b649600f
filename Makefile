# Good Fit: `make` lists what can be made.

PYTHON ?= python3
PORT   ?= 8888
UNIT   ?=
SETS   ?=
ARGS   ?=

VENV  := .venv
BIN   := $(VENV)/bin
# What is installed stays installed: EXTRA=gpu need be said only once.
EXTRA ?= $(patsubst $(VENV)/ready-%,%,$(firstword $(wildcard $(VENV)/ready-*) $(VENV)/ready-cpu))
READY := $(VENV)/ready-$(EXTRA)
TOOLS := $(VENV)/tools-$(EXTRA)
COURSE := $(VENV)/course-$(EXTRA)
UNITS := $(sort $(notdir $(wildcard solutions/*)))
# A unit's number is enough: UNIT=05.
WHICH := $(if $(UNIT),$(or $(filter $(UNIT)-% $(UNIT),$(UNITS)),$(UNIT)),$(UNITS))

# Students, who have no solutions/, don't see what only teachers use.
HIDDEN := $(if $(wildcard solutions),,$(addprefix @jupyter/nbgrader:,create-assignment formgrader course-list))
# Kernels that are ready at once, where the course can make them: they take some 400 MB. WARM= switches them off.
WARM  ?= $(and $(wildcard grading/kernels),$(filter Linux,$(shell uname)))

export PATH := $(CURDIR)/$(VENV)/bin:$(PATH)
# TensorFlow's start-up notes would land in the notebooks.
export TF_CPP_MIN_LOG_LEVEL := 3
export TF_ENABLE_ONEDNN_OPTS := 0

.PHONY: help teachers env tools lab whole check test tidy release execute pages handout messages lock clean unit port data grade report

help:
	@echo 'make lab              open the course in JupyterLab           [PORT=8888] [WARM=]'
	@echo 'make data             fetch the real data (4 MB)              [SETS="avila credit"]'
	@$(if $(wildcard solutions),$(MAKE) --no-print-directory teachers)
	@echo 'make clean            remove the environment and dist/'
	@echo 'With a GPU: add EXTRA=gpu the first time.'

teachers:
	@echo 'make check            format, lint, types, and the tests that train nothing: a minute'
	@echo 'make test             all tests                               [UNIT=05] [ARGS="-k answers"]'
	@echo 'make handout          one zip for students, in dist/'
	@echo 'make tidy             number the questions, sum the points    [UNIT=04]'
	@echo 'make release          write notebooks/ from solutions/        [UNIT=04]'
	@echo 'make execute          run solutions/ and store the outputs    [UNIT=04]'
	@echo 'make grade            grade what was handed in                UNIT=04'
	@echo 'make report           what the class did not understand       [UNIT=04] [ARGS=--anonymous]'
	@echo 'make pages            write the measured tables into docs/'
	@echo 'make messages         what students read when a check fails    UNIT=04'
	@echo 'make lock             choose the newest packages, with hashes'

env: $(READY) $(COURSE)

tools: $(TOOLS)

$(READY): requirements/uv.txt requirements/$(EXTRA).txt
	@$(PYTHON) -c 'import sys; sys.exit(not (3, 11) <= sys.version_info[:2] <= (3, 13))' || { \
	  echo 'Good Fit needs Python 3.11, 3.12 or 3.13, and "$(PYTHON)" is not one of them.' ; \
	  echo 'Install one, then name it: make lab PYTHON=python3.12' ; exit 2 ; }
	@echo 'Making the environment in $(VENV) (once, a few minutes at most) ...'
	@$(PYTHON) -m venv --clear $(VENV) || { \
	  echo 'Python could not make an environment. On Debian and Ubuntu: apt install python3-venv' ; exit 2 ; }
	@$(BIN)/pip install --quiet --disable-pip-version-check --require-hashes -r requirements/uv.txt
	@$(BIN)/uv pip sync --quiet --require-hashes requirements/$(EXTRA).txt
	@for part in @jupyterlab/apputils-extension:announcements $(HIDDEN) ; do \
	  $(BIN)/jupyter labextension disable --level=sys_prefix $$part 2>/dev/null || exit ; done
	@mkdir -p $(VENV)/share/jupyter/lab/settings
	@echo '{"@jupyterlab/docmanager-extension:plugin": {"defaultViewers": {"markdown": "Markdown Preview"}}}' \
	  > $(VENV)/share/jupyter/lab/settings/overrides.json
	@touch $@

# The course's own packages, and what they add to Jupyter.
$(COURSE): $(READY) pyproject.toml
	@$(BIN)/uv pip install --quiet --no-deps --no-build-isolation --editable .
	@touch $@

# What grades and tests; students need none of it.
$(TOOLS): $(COURSE) requirements/tools.txt
	@$(BIN)/uv pip install --quiet --require-hashes -r requirements/tools.txt
	@touch $@

lab: env port
	$(if $(WARM),$(BIN)/python -m grading.kernels.server -- )$(BIN)/jupyter lab --port=$(PORT) --ServerApp.port_retries=0 --ServerApp.root_dir='$(CURDIR)' \
	  --LabApp.default_url=/lab/tree/notebooks/README.md $(ARGS)

port: env
	@case '$(PORT)' in ''|*[!0-9]*) echo 'PORT should be a number, such as 8888, not "$(PORT)".' ; exit 2 ;; esac
	@! $(BIN)/python -c 'import socket; socket.create_connection(("localhost", $(PORT)), 1)' 2>/dev/null || { \
	  echo 'Port $(PORT) is in use, perhaps by a JupyterLab that is still open: look for its browser tab.' ; \
	  echo "Or choose another port: make lab PORT=$$(($(PORT) + 1))" ; exit 2 ; }

check: whole unit tools
	$(BIN)/ruff format --check --quiet .
	$(BIN)/ruff check --quiet .
	$(BIN)/mypy
	$(BIN)/python -m pytest tests -m 'not runs' $(if $(UNIT),-k '$(WHICH)') $(ARGS)

whole:
	@test -d tests || { echo 'The handout for students holds no tests; the course itself does.' ; exit 2 ; }

test: whole unit tools
	$(BIN)/python -m pytest tests $(if $(UNIT),-k '$(WHICH)') $(ARGS)

unit:
	@$(if $(filter-out $(UNITS),$(WHICH)),echo 'There is no unit "$(UNIT)". The units are: $(UNITS)'; exit 2)

tidy: unit tools
	@$(BIN)/python -m tests.units.tidy $(WHICH)

release: unit tools
	@mkdir -p classroom
	@for unit in $(WHICH); do $(BIN)/nbgrader generate_assignment $$unit --force --log-level=ERROR || exit; done

execute: unit env
	$(BIN)/jupyter nbconvert --to notebook --execute --inplace --log-level=WARN \
	  --ExecutePreprocessor.record_timing=False --Exporter.preprocessors=nbconvert.preprocessors.CoalesceStreamsPreprocessor \
	  --ClearMetadataPreprocessor.enabled=True --ClearMetadataPreprocessor.clear_cell_metadata=False \
	  --ClearMetadataPreprocessor.preserve_nb_metadata_mask='kernelspec' \
	  $(foreach unit,$(WHICH),$(wildcard solutions/$(unit)/*.ipynb)) $(ARGS)

pages: tools
	@$(BIN)/python benchmarks/pages.py

data: env
	@$(BIN)/python -m helpers.sources fetch $(SETS)

# Of grading/ only what gives students warm kernels.
HANDOUT := notebooks helpers datasets grading/__init__.py grading/kernels docs/install.md docs/lesson.png \
  requirements pyproject.toml environment.yml nbgrader_config.py Makefile LICENSE LICENSE-TEXT
FIRST := docs/handout/README.md

handout:
	@mkdir -p dist
	git archive --format=zip --prefix=good-fit/ --add-file=$(FIRST) --output=dist/good-fit.zip HEAD $(HANDOUT)
	@git diff --quiet HEAD -- $(HANDOUT) || { echo 'Not in it, because not committed:' ; git diff --stat HEAD -- $(HANDOUT) ; }
	@echo 'Give students dist/good-fit.zip. It holds what is committed.'

grade: unit tools
	@$(if $(UNIT),,echo 'Which unit? make grade UNIT=04'; exit 2)
	@$(BIN)/python -m grading $(WHICH) $(ARGS)

report: unit tools
	@$(BIN)/python -m grading.report $(if $(UNIT),$(WHICH)) $(ARGS)

messages: unit tools
	@$(BIN)/python -m tests.units $(WHICH)

lock: tools
	for extra in cpu gpu; do $(BIN)/uv pip compile --quiet --upgrade --universal --fork-strategy=fewest \
	  --generate-hashes --no-emit-index-url --no-annotate --no-header \
	  --extra=$$extra pyproject.toml --output-file=requirements/$$extra.txt || exit; done
	$(BIN)/uv pip compile --quiet --upgrade --universal --fork-strategy=fewest \
	  --generate-hashes --no-emit-index-url --no-annotate --no-header \
	  --group=pyproject.toml:tools --constraint=requirements/cpu.txt --output-file=requirements/tools.txt
	grep -A 1000 '^uv==' requirements/tools.txt | awk 'NR > 1 && !/^ / { exit } { print }' > requirements/uv.txt

clean:
	rm -rf $(VENV) dist *.egg-info
