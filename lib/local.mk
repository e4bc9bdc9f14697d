# SPDX-License-Identifier: GPL-3.0-or-later
# The library: one folder a room, in the order of lib/LAYERS; each room's local.mk lists its files.
lib_LTLIBRARIES += %D%/libneap.la
%C%_libneap_la_SOURCES =
%C%_libneap_la_LIBADD = $(NEAP_DEPENDENCY_LIBS)
%C%_libneap_la_LDFLAGS = $(AM_LDFLAGS) -no-undefined -version-info $(NEAP_LIBTOOL_VERSION)

include lib/base/local.mk
include lib/calendar/local.mk
include lib/random/local.mk
include lib/table/local.mk
include lib/report/local.mk
include lib/recording/local.mk
include lib/forecast/local.mk
include lib/profile/local.mk
include lib/service/local.mk
include lib/request/local.mk
include lib/autoscaler/local.mk
include lib/replay/local.mk
include lib/price/local.mk
include lib/scenario/local.mk
include lib/sweep/local.mk
include lib/study/local.mk

include_HEADERS = include/neap.h
neapincludedir = $(includedir)/neap
neapinclude_HEADERS = \
	include/neap/base.h include/neap/calendar.h include/neap/random.h include/neap/table.h \
	include/neap/report.h include/neap/recording.h include/neap/forecast.h include/neap/profile.h include/neap/service.h include/neap/request.h \
	include/neap/autoscaler.h include/neap/replay.h include/neap/price.h include/neap/scenario.h \
	include/neap/study.h include/neap/sweep.h

EXTRA_DIST += %D%/LAYERS
