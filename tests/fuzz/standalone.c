/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Replays files given as arguments through a fuzz target, for compilers without libFuzzer and for
 * inputs that once failed. Without arguments one empty input. Not linked with libFuzzer: it brings
 * its own main(). */
#ifndef NEAP_LIBFUZZER

#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

enum { LARGEST = 1 << 24 };

static int replay(const char *path)
{
    FILE *file = fopen(path, "rb");
    uint8_t *data = malloc(LARGEST);
    if (file == NULL || data == NULL) {
        fprintf(stderr, "%s: cannot be read\n", path);
        free(data);
        if (file != NULL)
            fclose(file);
        return 1;
    }
    size_t size = fread(data, 1, LARGEST, file);
    fclose(file);
    LLVMFuzzerTestOneInput(data, size);
    free(data);
    return 0;
}

int main(int argc, char **argv)
{
    int failed = 0;
    if (argc < 2)
        LLVMFuzzerTestOneInput((const uint8_t *)"", 0);
    for (int i = 1; i < argc; i++)
        failed |= replay(argv[i]);
    return failed;
}

#else
typedef int standalone_is_empty; /* a translation unit must not be */
#endif
