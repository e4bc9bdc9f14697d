# SPDX-License-Identifier: GPL-3.0-or-later
# neap-scenario.5 is written by make_scenario_page.sh; tests/manual.sh tells when it is out of date.
dist_man_MANS = %D%/neap.1 %D%/neap-scenario.5
dist_doc_DATA = %D%/autoscalers.md %D%/method.md %D%/engines.md %D%/engines.csv
