/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * neap: all of the library. study and scenario answer a question in a few calls; the rooms below
 * them are for those who build an experiment of their own. */
#ifndef NEAP_H
#define NEAP_H

#include <neap/autoscaler.h>
#include <neap/base.h>
#include <neap/calendar.h>
#include <neap/forecast.h>
#include <neap/price.h>
#include <neap/profile.h>
#include <neap/random.h>
#include <neap/recording.h>
#include <neap/replay.h>
#include <neap/report.h>
#include <neap/request.h>
#include <neap/scenario.h>
#include <neap/service.h>
#include <neap/study.h>
#include <neap/sweep.h>
#include <neap/table.h>

#endif
