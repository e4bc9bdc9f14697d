/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef NEAP_REPLAY_TICK_H
#define NEAP_REPLAY_TICK_H

#include "replay/replay_impl.h"

/* Arrivals at that rate up to end_ns, on a fleet that does not change. */
void neapi_tick_serve(struct neap_replay *r, double rate, int64_t end_ns);

/* How long after its drain a container of count that leave now is there, on average: context is the
 * replay. */
double neapi_tick_linger_s(void *context, size_t count);

#endif
