/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef NEAP_REQUEST_TAPE_H
#define NEAP_REQUEST_TAPE_H

#include <neap/request.h>

#include "request/draws.h"

/* Makes requests by another set of loops: the same ones. */
void neapi_tape_draw_by(struct neap_tape *tape, const struct neapi_draws *draws);

#endif
