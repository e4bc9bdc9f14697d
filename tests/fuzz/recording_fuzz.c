/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Any bytes as a recording. The first two choose the settings. What is read must be a recording:
 * finite requests, gaps that fit in, classes within their total; and it must come back from being
 * written as it was. */
#include <math.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "recording/impl.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void require(bool promise)
{
    if (!promise)
        abort();
}

static void check_values(const struct neap_recording *recording)
{
    size_t count = neap_recording_count(recording);
    const double *requests = neap_recording_requests(recording);
    double sum = 0;
    for (size_t i = 0; i < count; i++) {
        require(isfinite(requests[i]) && requests[i] >= 0);
        sum += requests[i];
    }
    require(fabs(sum - neap_recording_total(recording)) <= 1e-6 * sum);
    for (size_t k = 0; k < neap_recording_classes(recording); k++)
        for (size_t i = 0; i < count; i++) {
            double part = neap_recording_class_requests(recording, k)[i];
            require(part >= 0 && part <= requests[i] * (1 + 1e-6));
        }
}

/* Single requests are in order, in the intervals that count them, and of a class there is. */
static void check_stamps(const struct neap_recording *recording)
{
    size_t count, first = 0, classes = neap_recording_classes(recording);
    const int64_t *stamp_ns = neap_recording_stamps(recording, &count);
    const uint8_t *number = neap_recording_stamp_classes(recording);
    int64_t end_ns = neap_recording_start_ns(recording);
    require((stamp_ns == NULL) == (count == 0));
    for (size_t i = 0; stamp_ns != NULL && i < neap_recording_count(recording); i++) {
        int64_t begin_ns = end_ns;
        size_t k = first;
        end_ns += neap_recording_step_ns(recording);
        for (; k < count && stamp_ns[k] < end_ns; k++) {
            require(stamp_ns[k] >= (k > first ? stamp_ns[k - 1] : begin_ns));
            require(number == NULL || number[k] < classes);
        }
        require(neap_recording_requests(recording)[i] == (double)(k - first));
        first = k;
    }
    require(stamp_ns == NULL || first == count);
}

static void check_recording(const struct neap_recording *recording)
{
    const struct neap_recording_gaps *gaps = neap_recording_gaps(recording);
    size_t count = neap_recording_count(recording);
    require(count > 0 && count <= NEAP_RECORDING_INTERVALS_MOST);
    require(neap_recording_end_ns(recording) > neap_recording_start_ns(recording));
    require(gaps->intervals < count && gaps->count <= gaps->intervals);
    require(neap_recording_rows_used(recording) <= neap_recording_rows_read(recording));
    check_values(recording);
    check_stamps(recording);
}

static void check_resampled(const struct neap_recording *recording)
{
    struct neap_recording *other;
    if (neap_recording_count(recording) > 10000)
        return;
    if (neap_recording_resample(&other, recording, 3 * neap_recording_step_ns(recording), NULL) ==
        NEAP_OK) {
        check_values(other);
        neap_recording_free(other);
    }
}

static const struct neap_class_column columns[] = {{"a", "x"}, {"b", "requests.b"}};

static void check_written(const struct neap_recording *recording)
{
    struct neap_recording_options options;
    struct neap_recording *back = NULL;
    char *text = NULL;
    size_t length = 0, count = neap_recording_count(recording);
    double most = 0;
    for (size_t i = 0; i < count; i++)
        most = fmax(most, neap_recording_requests(recording)[i]);
    if (count > 2000 || most > 1e15) /* a rate times its step may be more than a reader takes */
        return;
    FILE *stream = open_memstream(&text, &length);
    require(stream != NULL);
    require(neap_recording_write(recording, stream, NULL) == NEAP_OK);
    fclose(stream);
    neap_recording_options_init(&options);
    strcpy(options.file, "fuzz");
    options.step_s = (double)neap_recording_step_ns(recording) / 1e9;
    if (options.step_s >= 1e-3 && options.step_s <= 31622400) {
        require(neapi_recording_read_memory(&back, &options, text, length, "written", NULL, NULL) ==
                NEAP_OK);
        require(neap_recording_count(back) == count);
        require(memcmp(neap_recording_requests(recording), neap_recording_requests(back),
                       count * sizeof(double)) == 0);
    }
    neap_recording_free(back);
    free(text);
}

static struct neap_recording_options choose(uint8_t a, uint8_t b)
{
    static const char *const formats[] = {"auto", "rfc3339", "epoch_s", "epoch_ms", "%Y%m%d"};
    struct neap_recording_options options;
    neap_recording_options_init(&options);
    strcpy(options.file, "fuzz");
    options.gaps = a % 4;
    options.value_unit = a / 4 % 2;
    options.delimiter = a / 8 % 4;
    strcpy(options.time_format, formats[b % 5]);
    if (a & 32)
        strcpy(options.from, "1970-01-01T00:02:00Z");
    if (a & 64)
        strcpy(options.to, "1970-01-01T00:05:30Z");
    if (a & 128)
        strcpy(options.time_column, "t");
    if (b & 32) {
        options.class_column = columns;
        options.class_columns = 1 + (b & 1);
    }
    if (b & 64)
        options.step_s = 60;
    if (b & 128) {
        strcpy(options.arrivals, "recorded");
        options.gaps = NEAP_GAPS_HOLD;
        options.value_unit = NEAP_VALUE_REQUESTS;
        options.class_columns = 0;
        strcpy(options.class_field, b & 32 ? "who" : "");
    }
    return options;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    if (size < 2)
        return 0;
    struct neap_recording_options options = choose(data[0], data[1]);
    struct neap_recording *recording = NULL;
    struct neap_error error = {0};
    enum neap_status status =
        neapi_recording_read_memory(&recording, &options, data + 2, size - 2, "fuzz", NULL, &error);
    require(status == NEAP_OK || (status == error.status && error.message[0] != '\0'));
    require((status == NEAP_OK) == (recording != NULL));
    if (recording != NULL) {
        check_recording(recording);
        check_resampled(recording);
        check_written(recording);
    }
    neap_recording_free(recording);
    return 0;
}
