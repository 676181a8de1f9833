#!/usr/bin/env bash
# Makes a bench at $P2HAM_BENCH with a branch of Frappe, on an Ubuntu runner:
#   make-bench.sh version-15
# The workflow has brought the Python, the Node.js, the MariaDB and the Redis of its matrix, and this takes them as anyone
# would who follows Frappe's manual. Elsewhere script/bootstrap makes a bench, and brings what is missing itself.
# SKIP_ASSETS=1 leaves out the built assets, which only a browser needs.
set -euo pipefail

sudo apt-get update
sudo apt-get install --yes --no-install-recommends \
	redis-server mariadb-client pkg-config libmariadb-dev \
	libpango-1.0-0 libpangoft2-1.0-0 libharfbuzz-subset0 poppler-utils
sudo systemctl stop redis-server || true # the bench talks to the workflow's own

npm install --global yarn@1
pip install frappe-bench

bench init "$P2HAM_BENCH" --frappe-branch "$1" --python "$(which python)" --no-backups \
	${SKIP_ASSETS:+--skip-assets}
cd "$P2HAM_BENCH"
bench set-config --global db_host 127.0.0.1
bench set-config --global --parse db_port 3306

# Libraries of Frappe 15 import pkg_resources, which newer setuptools no longer have.
if [ "$1" = version-15 ]; then
	env/bin/python -m pip install --quiet "setuptools<81"
fi
