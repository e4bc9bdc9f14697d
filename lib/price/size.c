/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Sizes that are sold. Fargate has a table of pairs; Autopilot sells steps of a quarter vCPU with
 * 1 to 6.5 GiB for each vCPU and raises requests that do not fit. */
#include <math.h>

#include "base/fail.h"
#include "base/text.h"
#include "price/impl.h"

#define GIB 0x1p30
#define MIB 0x1p20

/* 0 when the cell is no number. */
static double table_number(const struct neap_table *table, size_t row, size_t column)
{
    const char *text = neap_table_text(table, row, column);
    double value = 0;
    size_t length = 0;
    while (text != NULL && text[length] != '\0')
        length++;
    return text != NULL && neapi_number_parse(&value, text, length) ? value : 0;
}

/* The pair with the fewest vCPUs, then the least memory, that holds the container. */
static enum neap_status smallest_pair(double *vcpu, double *memory_bytes,
                                      const struct neap_table *table, const char *path,
                                      struct neap_error *error)
{
    size_t vcpu_column, memory_column;
    double best_vcpu = HUGE_VAL, best_bytes = HUGE_VAL, most_vcpu = 0, most_bytes = 0;
    if (!neap_table_find_column(table, "vcpu", &vcpu_column) ||
        !neap_table_find_column(table, "memory_mib", &memory_column))
        return neapi_fail_at(error, NEAP_BAD_DATA, path, 1, 0,
                             "expected the columns vcpu and memory_mib: install neap's data again");
    for (size_t row = 0; row < neap_table_rows(table); row++) {
        double row_vcpu = table_number(table, row, vcpu_column);
        double row_bytes = table_number(table, row, memory_column) * MIB;
        if (!(row_vcpu > 0 && row_bytes > 0))
            return neapi_fail_at(error, NEAP_BAD_DATA, path, neap_table_row_line(table, row), 0,
                                 "expected numbers above 0: install neap's data again");
        most_vcpu = fmax(most_vcpu, row_vcpu);
        most_bytes = fmax(most_bytes, row_bytes);
        bool better = row_vcpu < best_vcpu || (row_vcpu == best_vcpu && row_bytes < best_bytes);
        if (row_vcpu >= *vcpu && row_bytes >= *memory_bytes && better) {
            best_vcpu = row_vcpu;
            best_bytes = row_bytes;
        }
    }
    if (!isfinite(best_vcpu))
        return neapi_fail(
            error, NEAP_BAD_SCENARIO,
            "found container.vcpu = %g and container.memory = %gGiB, expected at most "
            "%g vCPU and %gGiB, the largest Fargate size: choose another price or "
            "container",
            *vcpu, *memory_bytes / GIB, most_vcpu, most_bytes / GIB);
    *vcpu = best_vcpu;
    *memory_bytes = best_bytes;
    return NEAP_OK;
}

static enum neap_status round_fargate(double *vcpu, double *memory_bytes,
                                      const char *data_directory, struct neap_error *error)
{
    char path[512];
    struct neap_table *table;
    neapi_print(path, sizeof path, "%s/prices/fargate_sizes.csv", data_directory);
    enum neap_status status = neap_table_read_csv(&table, path, error);
    if (status != NEAP_OK)
        return status;
    status = smallest_pair(vcpu, memory_bytes, table, path, error);
    neap_table_free(table);
    return status;
}

/* Rounding up forgives the last digits of a double: 0.1 + 0.15 is a quarter. */
static double steps_up(double value, double step)
{
    return ceil(value / step - 1e-9) * step;
}

static void round_autopilot(double *vcpu, double *memory_bytes)
{
    double size_vcpu = fmax(0.25, steps_up(*vcpu, 0.25));
    double size_mib = fmax(512, steps_up(*memory_bytes / MIB, 1));
    size_vcpu = fmax(size_vcpu, steps_up(size_mib / 1024 / 6.5, 0.25));
    size_mib = fmax(size_mib, size_vcpu * 1024);
    *vcpu = size_vcpu;
    *memory_bytes = size_mib * MIB;
}

enum neap_status neapi_size_round(double *vcpu, double *memory_bytes, enum neapi_sizes sizes,
                                  const char *data_directory, char *note, size_t note_size,
                                  struct neap_error *error)
{
    double size_vcpu = *vcpu, size_bytes = *memory_bytes;
    char wanted[32], sold[32];
    enum neap_status status = NEAP_OK;
    if (sizes == NEAPI_SIZES_FARGATE)
        status = round_fargate(&size_vcpu, &size_bytes, data_directory, error);
    else if (sizes == NEAPI_SIZES_AUTOPILOT)
        round_autopilot(&size_vcpu, &size_bytes);
    if (status != NEAP_OK || (size_vcpu == *vcpu && size_bytes == *memory_bytes))
        return status;
    neap_quantity_format(wanted, sizeof wanted, *memory_bytes, NEAP_BYTES);
    neap_quantity_format(sold, sizeof sold, size_bytes, NEAP_BYTES);
    neapi_print(
        note, note_size, "billed as %g vCPU and %s, the smallest %s size that holds %g vCPU and %s",
        size_vcpu, sold, sizes == NEAPI_SIZES_FARGATE ? "Fargate" : "Autopilot", *vcpu, wanted);
    *vcpu = size_vcpu;
    *memory_bytes = size_bytes;
    return NEAP_OK;
}
