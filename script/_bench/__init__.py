"""What the scripts share. Python's standard library only.

entry.py      around the work of every script: signals, Problems, the exit code
say.py        what the scripts tell, and Problem: an error that is told in one sentence
machine.py    programs and libraries this machine needs, and their Debian packages
bench.py      the bench: find it, or make one
python.py     Python packages beside the bench's own, or without a bench
services.py   MariaDB, Redis and other processes: start, wait for, stop
workbench.py  a bench of our own inside the bench, so that nothing of it is changed
site.py       the site on it: make it, keep it up to date, serve it
making.py     a bench where there is none
interpreters.py  the branch of Frappe and the Python for it
venvs.py      Python environments of our own
nodejs.py     Node.js, where the machine has none that fits
preparing.py  script/bootstrap
testing.py    script/test
lanes.py      the sites that tests run on: one is made, each test process gets a copy
covered.py    how much of the app tests have gone through
sabotage.py   script/test --sabotage
serving.py    script/server
benchmarking.py  script/benchmark
picturing.py  script/screenshots
pictures.py   runs in the bench's Python: takes the pictures
inside.py     runs in the bench's Python: finishes a new site, makes the demo regency on it
wsgi.py       runs in the bench's Python: the web application
statics.py    the files that it gives out
listen_at.js  runs in Node.js: realtime listens at our address only
summary.py    runs in pytest: counts results and seconds by tier
"""
