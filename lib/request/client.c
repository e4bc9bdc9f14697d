/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The settings of clients. */
#include <neap/request.h>

static const struct neap_parameter parameters[] = {
    {"patience", NEAP_SECONDS, offsetof(struct neap_client_options, patience_s), "", 0.001, 86400,
     NULL, "a client gives up that long after it sent a request; the work on it goes on"},
    {"retries", NEAP_COUNT, offsetof(struct neap_client_options, retries), "0", 0, 100, NULL,
     "attempts after the first one that failed"},
    {"backoff", NEAP_SECONDS, offsetof(struct neap_client_options, backoff_s), "1s", 0.001, 3600,
     NULL, "mean pause before the first retry; doubles with each"},
    {NULL, NEAP_TEXT, 0, NULL, 0, 0, NULL, NULL}};

const struct neap_parameter *neap_client_parameters(void)
{
    return parameters;
}

void neap_client_options_init(struct neap_client_options *options)
{
    neap_parameters_init(parameters, options);
}
