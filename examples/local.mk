# SPDX-License-Identifier: GPL-3.0-or-later
# A program here answers one question through the public headers, as a user's own would.
# tests/examples.sh runs them. Scenarios and recordings need no line: the release finds them.
example_cppflags = -I$(top_srcdir)/include $(GSL_CFLAGS)
example_libs = lib/libneap.la $(GSL_LIBS)
check_PROGRAMS += \
	%D%/fargate_bill %D%/hpa_decisions %D%/policy %D%/resting_replicas %D%/save
%C%_fargate_bill_CPPFLAGS = $(example_cppflags)
%C%_fargate_bill_LDADD = $(example_libs)
%C%_hpa_decisions_CPPFLAGS = $(example_cppflags)
%C%_hpa_decisions_LDADD = $(example_libs)
%C%_policy_CPPFLAGS = $(example_cppflags)
%C%_policy_LDADD = $(example_libs)
%C%_resting_replicas_CPPFLAGS = $(example_cppflags)
%C%_resting_replicas_LDADD = $(example_libs)
%C%_save_CPPFLAGS = $(example_cppflags)
%C%_save_LDADD = $(example_libs)
