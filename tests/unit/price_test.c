/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <neap/price.h>
#include <neap/table.h>

#define SECOND INT64_C(1000000000)
#define HOUR   (3600 * SECOND)
#define GIB    (1024.0 * 1024 * 1024)

static char scratch[] = "neap_price_XXXXXX";

static const char *data_directory(void)
{
    static char path[512];
    const char *top = getenv("top_srcdir");
    snprintf(path, sizeof path, "%s/data", top == NULL ? "." : top);
    return path;
}

/* key = value pairs, ended by NULL. */
static struct neap_price_options settings(const char *const *pairs)
{
    struct neap_price_options options;
    struct neap_error error;
    neap_price_options_init(&options);
    for (; *pairs != NULL; pairs += 2) {
        const struct neap_parameter *parameter =
            neap_parameter_find(neap_price_parameters(), pairs[0]);
        assert_non_null(parameter);
        if (neap_parameter_set(parameter, &options, pairs[1], &error) != NEAP_OK)
            fail_msg("%s", error.message);
    }
    return options;
}

#define SETTINGS(...) settings((const char *const[]){__VA_ARGS__, NULL})

static struct neap_price *priced(struct neap_price_options options, double vcpu, double gib)
{
    struct neap_price *price = NULL;
    struct neap_error error;
    if (neap_price_new(&price, &options, vcpu, gib * GIB, data_directory(), scratch, &error) !=
        NEAP_OK)
        fail_msg("%s", error.message);
    return price;
}

static void assert_refused(struct neap_price_options options, double vcpu, double gib,
                           enum neap_status status, const char *part)
{
    struct neap_price *price = NULL;
    struct neap_error error;
    assert_int_equal(
        neap_price_new(&price, &options, vcpu, gib * GIB, data_directory(), scratch, &error),
        status);
    assert_null(price);
    assert_int_equal(error.status, status);
    if (strstr(error.message, part) == NULL)
        fail_msg("\"%s\" does not say \"%s\"", error.message, part);
    assert_int_equal(
        neap_price_new(&price, &options, vcpu, gib * GIB, data_directory(), scratch, NULL), status);
}

static void write_list(const char *text)
{
    char path[64];
    snprintf(path, sizeof path, "%s/own.csv", scratch);
    FILE *file = fopen(path, "w");
    assert_non_null(file);
    assert_true(fputs(text, file) >= 0);
    assert_int_equal(fclose(file), 0);
}

static void assert_decimal(struct neap_decimal value, int digits, const char *expected)
{
    char text[256];
    neap_decimal_format(&value, digits, text, sizeof text);
    assert_string_equal(text, expected);
}

static void assert_costs(const struct neap_bill *bill, const struct neap_price *price,
                         const char *expected)
{
    struct neap_decimal amount;
    struct neap_error error;
    if (neap_bill_amount(&amount, bill, price, &error) != NEAP_OK)
        fail_msg("%s", error.message);
    assert_decimal(amount, -1, expected);
}

static struct neap_bill bill_of(const struct neap_price *price, int64_t count, int64_t length_ns)
{
    struct neap_bill bill;
    neap_bill_init(&bill);
    neap_bill_add(&bill, price, count, 0, length_ns, false);
    return bill;
}

/* --- lists ---------------------------------------------------------------------------------------- */

static void fargate_bills_by_hand(void **state)
{
    (void)state;
    struct neap_price *price = priced(SETTINGS("list", "aws-fargate"), 1, 2);
    assert_decimal(neap_price_container_hour(price), -1, "0.049370");
    assert_string_equal(neap_price_currency(price), "USD");
    assert_int_equal(neap_price_billing_start(price), NEAP_BILLING_FROM_PULL);
    assert_string_equal(neap_price_note(price), "");
    assert_string_equal(neap_price_warning(price), "");
    assert_string_equal(neap_price_description(price),
                        "AWS Fargate, Linux on x86, us-east-1, 2026-08: 0.04048 USD per vCPU-hour, "
                        "0.004445 USD per GiB-hour; one container 0.049370 USD per hour");
    /* 730 h: 29.5504 + 6.4897, each rounded once */
    struct neap_bill month = bill_of(price, 1, NEAP_PRICE_MONTH_HOURS * HOUR);
    assert_costs(&month, price, "36.04");
    /* 10 containers, 7 min 30.2 s -> 451 s: 0.0507124.. and 0.0111372.. */
    struct neap_bill flaps = bill_of(price, 10, 450 * SECOND + SECOND / 5);
    assert_costs(&flaps, price, "0.06");
    neap_price_free(price);
}

static void bill_lines_are_rounded_one_by_one(void **state)
{
    (void)state;
    struct neap_price *price = priced(SETTINGS("vcpu_hour", "0.005", "gib_hour", "0.0025"), 1, 2);
    struct neap_bill bill = bill_of(price, 1, HOUR);
    struct neap_bill_line line[NEAP_BILL_LINES];
    size_t count;
    assert_int_equal(neap_bill_lines(line, &count, &bill, price, NULL), NEAP_OK);
    assert_int_equal(count, 2);
    assert_string_equal(line[0].name, "vCPU");
    assert_string_equal(line[1].unit, "GiB-hour");
    assert_decimal(line[0].amount, -1, "0.01");
    assert_decimal(line[1].size, -1, "2");
    assert_decimal(line[1].rate, -1, "0.0025");
    assert_costs(&bill, price, "0.02");
    neap_price_free(price);
}

static void sizes_round_up_to_ones_that_are_sold(void **state)
{
    (void)state;
    struct neap_price *price = priced(SETTINGS("list", "aws-fargate"), 0.3, 0.75);
    assert_string_equal(neap_price_note(price), "billed as 0.5 vCPU and 1GiB, the smallest Fargate "
                                                "size that holds 0.3 vCPU and 768MiB");
    assert_decimal(neap_price_container_hour(price), -1, "0.024685");
    neap_price_free(price);
    price = priced(SETTINGS("list", "aws-fargate"), 0.25, 3); /* memory asks for more vCPU */
    assert_decimal(neap_price_container_hour(price), -1, "0.033575");
    neap_price_free(price);
    price = priced(SETTINGS("list", "gke-autopilot"), 0.1, 4);
    assert_non_null(strstr(neap_price_note(price), "0.75 vCPU and 4GiB"));
    neap_price_free(price);
    assert_refused(SETTINGS("list", "aws-fargate"), 17, 2, NEAP_BAD_SCENARIO, "16 vCPU and 120GiB");
    assert_refused(SETTINGS("list", "aws-fargate"), 1, (double)NAN, NEAP_BAD_SCENARIO,
                   "container.memory");
}

static void every_list_has_a_price_in_its_own_region(void **state)
{
    (void)state;
    size_t count = 0;
    for (; neap_price_list(count) != NULL; count++) {
        const char *machine = strcmp(neap_price_list(count), "aws-ec2") == 0    ? "m5.xlarge"
                              : strcmp(neap_price_list(count), "azure-vm") == 0 ? "Standard_D4s_v5"
                              : strcmp(neap_price_list(count), "gce") == 0      ? "n2-standard-4"
                                                                                : "";
        struct neap_price_options options =
            SETTINGS("list", neap_price_list(count), "instance", machine);
        options.of_nodes = machine[0] != '\0';
        struct neap_price *price = priced(options, 1, 2);
        struct neap_decimal zero = {.scale = 0}, hour = neap_price_container_hour(price);
        assert_int_equal(neap_decimal_compare(&hour, &zero), 1);
        assert_non_null(strstr(neap_price_source(price), "prices.csv"));
        assert_non_null(
            strstr(neap_price_description(price),
                   options.of_nodes ? machine : neap_price_list_title(neap_price_list(count))));
        neap_price_free(price);
    }
    assert_true(count >= 8);
    assert_null(neap_price_list_title("no such list"));
}

static struct neap_price_options of_nodes(struct neap_price_options options)
{
    options.of_nodes = true;
    return options;
}

static void nodes_are_priced_whole_or_by_size(void **state)
{
    (void)state;
    struct neap_price *ec2 =
        priced(of_nodes(SETTINGS("list", "aws-ec2", "instance", "m5.xlarge")), 4, 16);
    assert_decimal(neap_price_container_hour(ec2), 3, "0.192");
    assert_non_null(strstr(neap_price_description(ec2), "0.192 USD per node-hour"));
    assert_true(neap_price_minimum_s(ec2) == 60);
    struct neap_price *own = priced(of_nodes(SETTINGS("node_hour", "0.2")), 4, 16);
    assert_decimal(neap_price_container_hour(own), 1, "0.2");
    struct neap_price *sized =
        priced(of_nodes(SETTINGS("vcpu_hour", "0.03", "gib_hour", "0.004")), 4, 16);
    assert_decimal(neap_price_container_hour(sized), 3, "0.184");
    assert_non_null(strstr(neap_price_description(sized), "one node 0.184"));
    neap_price_free(ec2);
    neap_price_free(own);
    neap_price_free(sized);
}

static void nodes_and_containers_are_not_mixed_up(void **state)
{
    (void)state;
    assert_refused(of_nodes(SETTINGS("container_hour", "0.1")), 1, 1, NEAP_BAD_SCENARIO,
                   "give node_hour");
    assert_refused(SETTINGS("node_hour", "0.1"), 1, 1, NEAP_BAD_SCENARIO, "section [nodes]");
    assert_refused(of_nodes(SETTINGS("list", "aws-fargate")), 1, 1, NEAP_BAD_SCENARIO,
                   "sells containers");
    assert_refused(SETTINGS("list", "aws-ec2", "instance", "m5.xlarge"), 1, 1, NEAP_BAD_SCENARIO,
                   "sells machines");
    assert_refused(of_nodes(SETTINGS("list", "aws-ec2")), 1, 1, NEAP_BAD_SCENARIO,
                   "name one with instance");
    assert_refused(SETTINGS("list", "aws-fargate", "instance", "m5.xlarge"), 1, 1,
                   NEAP_BAD_SCENARIO, "remove it");
    assert_refused(SETTINGS("vcpu_hour", "1", "instance", "m5.xlarge"), 1, 1, NEAP_BAD_SCENARIO,
                   "goes with price.list");
    assert_refused(of_nodes(SETTINGS("list", "aws-ec2", "instance", "m5.xlrge")), 1, 1,
                   NEAP_BAD_SCENARIO, "price.instance: found \"m5.xlrge");
}

static void rates_per_second_become_rates_per_hour(void **state)
{
    (void)state;
    struct neap_price *price = priced(SETTINGS("list", "cloud-run"), 1, 1);
    assert_decimal(neap_price_container_hour(price), 4, "0.0720"); /* 3600 x 0.00002 */
    assert_true(neap_price_granularity_s(price) == 0.1);
    struct neap_bill bill = bill_of(price, 1, SECOND + 1);
    assert_int_equal(bill.granularity.ns, SECOND / 10 - 1);
    neap_price_free(price);
}

static void uncertain_prices_warn(void **state)
{
    (void)state;
    struct neap_price *price = priced(SETTINGS("list", "aws-fargate", "region", "sa-east-1"), 1, 2);
    assert_non_null(strstr(neap_price_warning(price), "vCPU-hour is marked uncertain and undated"));
    assert_non_null(strstr(neap_price_warning(price), "check it against your own bill"));
    neap_price_free(price);
    price = priced(SETTINGS("list", "aws-fargate-spot"), 1, 2);
    assert_non_null(strstr(neap_price_warning(price), "marked derived"));
    neap_price_free(price);
}

static void unknown_lists_and_regions_are_refused(void **state)
{
    (void)state;
    assert_refused(SETTINGS("list", "aws-fargat"), 1, 2, NEAP_BAD_SCENARIO,
                   "did you mean aws-fargate?");
    assert_refused(SETTINGS("list", "zzz"), 1, 2, NEAP_BAD_SCENARIO, "gke-autopilot");
    assert_refused(SETTINGS("list", "aws-fargate", "region", "eu-west-11"), 1, 2, NEAP_BAD_SCENARIO,
                   "did you mean eu-west-1?");
    assert_refused(SETTINGS("list", "aws-fargate", "region", "mars"), 1, 2, NEAP_BAD_SCENARIO,
                   "us-east-1, eu-west-1, us-west-2, eu-central-1");
    struct neap_price_options options = SETTINGS("list", "aws-fargate");
    struct neap_price *price = NULL;
    assert_int_equal(neap_price_new(&price, &options, 1, GIB, NULL, NULL, NULL), NEAP_NO_INPUT);
    assert_int_equal(neap_price_new(&price, &options, 1, GIB, "/nonexistent", NULL, NULL),
                     NEAP_NO_INPUT);
    assert_null(price);
}

/* --- own rates ------------------------------------------------------------------------------------ */

static void no_setting_is_no_price(void **state)
{
    (void)state;
    struct neap_price_options options;
    struct neap_price *price = (struct neap_price *)scratch;
    neap_price_options_init(&options);
    assert_int_equal(neap_price_new(&price, &options, 1, GIB, NULL, NULL, NULL), NEAP_OK);
    assert_null(price);
    struct neap_bill bill = bill_of(NULL, 3, HOUR + 1);
    assert_int_equal(bill.used.s, 3 * 3600);
    assert_int_equal(bill.used.ns, 3);
    assert_true(neap_bill_hours(&bill, NEAP_BILL_ALL) > 3);
}

static void rates_keep_all_their_digits(void **state)
{
    (void)state;
    struct neap_price *price = priced(SETTINGS("container_hour", "0.000000123456789"), 1, 2);
    struct neap_bill bill = bill_of(price, 1000000, 36000 * HOUR);
    assert_costs(&bill, price, "4444.44"); /* 4444.444404 */
    assert_decimal(neap_price_container_hour(price), -1, "0.000000123456789");
    assert_string_equal(neap_price_description(price), "0.000000123456789 USD per container-hour");
    neap_price_free(price);
    price = priced(SETTINGS("container_hour", "3.6e-13"), 1, 2);
    bill = bill_of(price, 100, 1000000000 * SECOND);
    assert_costs(&bill, price, "0.00");
    neap_price_free(price);
}

static void contradictory_settings_are_refused(void **state)
{
    (void)state;
    assert_refused(SETTINGS("list", "aws-fargate", "container_hour", "1"), 1, 2, NEAP_BAD_SCENARIO,
                   "price.list and price.container_hour");
    assert_refused(SETTINGS("gib_hour", "1", "container_hour", "1"), 1, 2, NEAP_BAD_SCENARIO,
                   "vcpu_hour or gib_hour");
    assert_refused(SETTINGS("list", "aws-fargate", "file", "own.csv"), 1, 2, NEAP_BAD_SCENARIO,
                   "price.list and price.file");
    assert_refused(SETTINGS("list", "aws-fargate", "product", "x"), 1, 2, NEAP_BAD_SCENARIO,
                   "price.product goes with");
    assert_refused(SETTINGS("vcpu_hour", "1", "region", "x"), 1, 2, NEAP_BAD_SCENARIO,
                   "price.region goes with");
    assert_refused(SETTINGS("vcpu_hour", "1", "date", "2026"), 1, 2, NEAP_BAD_SCENARIO,
                   "price.date goes with");
    assert_refused(SETTINGS("list", "aws-fargate", "currency", "EUR"), 1, 2, NEAP_BAD_SCENARIO,
                   "shipped lists are in USD");
    assert_refused(SETTINGS("vcpu_hour", "1", "currency", "euro"), 1, 2, NEAP_BAD_SCENARIO,
                   "USD, EUR or JPY");
}

static void broken_rates_are_refused(void **state)
{
    (void)state;
    assert_refused(SETTINGS("vcpu_hour", "-0.04"), 1, 2, NEAP_BAD_SCENARIO,
                   "price.vcpu_hour: found -0.04");
    assert_refused(SETTINGS("gib_hour", "free"), 1, 2, NEAP_BAD_SCENARIO, "found \"free\"");
    assert_refused(SETTINGS("container_hour", "$0.05"), 1, 2, NEAP_BAD_SCENARIO,
                   "without currency sign");
    assert_refused(SETTINGS("vcpu_hour", "0.04"), 0, 2, NEAP_BAD_SCENARIO, "container.vcpu");
    assert_refused(SETTINGS("gib_hour", "0.04"), 1, 0, NEAP_BAD_SCENARIO, "container.memory");
}

static void yen_have_no_digits_behind_the_point(void **state)
{
    (void)state;
    struct neap_price *price = priced(SETTINGS("container_hour", "7.25", "currency", "JPY"), 1, 2);
    struct neap_bill bill = bill_of(price, 1, 10 * HOUR);
    assert_int_equal(neap_price_digits(price), 0);
    assert_costs(&bill, price, "73"); /* 72.5 */
    neap_price_free(price);
    price = priced(SETTINGS("container_hour", "7.25", "currency", "KWD"), 1, 2);
    assert_costs(&bill, price, "72.500");
    neap_price_free(price);
}

static void doubling_the_rate_doubles_the_amount(void **state)
{
    (void)state;
    struct neap_price *once = priced(SETTINGS("vcpu_hour", "0.04", "gib_hour", "0.005"), 2, 4);
    struct neap_price *twice = priced(SETTINGS("vcpu_hour", "0.08", "gib_hour", "0.010"), 2, 4);
    struct neap_decimal two = neap_decimal_from_integer(2);
    for (int64_t hours = 1; hours < 2000; hours += 7) {
        struct neap_bill bill = bill_of(once, 25, hours * HOUR);
        struct neap_decimal a, b;
        assert_int_equal(neap_bill_amount(&a, &bill, once, NULL), NEAP_OK);
        assert_int_equal(neap_bill_amount(&b, &bill, twice, NULL), NEAP_OK);
        assert_int_equal(neap_decimal_multiply(&a, &a, &two, NULL), NEAP_OK);
        assert_int_equal(neap_decimal_compare(&a, &b), 0);
    }
    neap_price_free(once);
    neap_price_free(twice);
}

/* --- own lists ------------------------------------------------------------------------------------ */

#define HEADER "provider,product,region,unit,price_usd,valid_as_of,source,confidence\n"

static void the_newest_row_not_after_the_date_holds(void **state)
{
    static const char *const rows[][2] = {
        {"", "0.05"},     {"2026-08-31", "0.04"}, {"2026-08", "0.04"},    {"2026-07-31", "0.03"},
        {"2026", "0.05"}, {"2025", "0.02"},       {"2024-01-01", "0.01"}, {"2026-09-01", "0.05"}};
    (void)state;
    write_list(HEADER "me,pod,here,container-hour,0.02,2025/2026,,ok\n"
                      "me,pod,here,container-hour,0.05,2026-09,,ok\n"
                      "me,pod,here,container-hour,0.01,undated,,ok\n"
                      "me,pod,here,container-hour,0.04,2026-08-01,,ok\n"
                      "me,pod,here,container-hour,0.03,2026,,ok\n");
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct neap_price *price = priced(SETTINGS("file", "own.csv", "date", rows[i][0]), 1, 2);
        assert_decimal(neap_price_container_hour(price), -1, rows[i][1]);
        neap_price_free(price);
    }
    assert_refused(SETTINGS("file", "own.csv", "date", "soon"), 1, 2, NEAP_BAD_SCENARIO,
                   "found \"soon\"");
    assert_refused(SETTINGS("file", "own.csv", "date", "2026-02-30"), 1, 2, NEAP_BAD_SCENARIO,
                   "price.date");
}

static void a_date_before_all_rows_is_refused(void **state)
{
    (void)state;
    assert_refused(SETTINGS("list", "aws-fargate", "date", "2019-01-01"), 1, 2, NEAP_BAD_SCENARIO,
                   "a date not before those that the list has: 2026-08");
}

static void a_small_list_of_ones_own_is_enough(void **state)
{
    (void)state;
    write_list("unit;price\nvCPU-hour;0.03\nGiB-hour;0.004\nGB;9\n");
    struct neap_price *price = priced(SETTINGS("file", "own.csv", "currency", "EUR"), 2, 4);
    assert_decimal(neap_price_container_hour(price), -1, "0.076");
    assert_string_equal(neap_price_warning(price), "");
    assert_true(neap_price_granularity_s(price) == 1);
    assert_true(neap_price_minimum_s(price) == 0);
    neap_price_free(price);
}

static void a_files_product_may_have_a_shipped_lists_rules(void **state)
{
    (void)state;
    write_list(HEADER "aws,Fargate Linux x86,here,vCPU-hour,0.03,2026,contract,ok\n");
    struct neap_price *price = priced(SETTINGS("file", "own.csv"), 1, 2);
    assert_true(neap_price_minimum_s(price) == 60);
    neap_price_free(price);
    price = priced(SETTINGS("file", "own.csv", "minimum", "10s", "granularity", "5s",
                            "billing_start", "ready"),
                   1, 2);
    assert_true(neap_price_minimum_s(price) == 10);
    assert_true(neap_price_granularity_s(price) == 5);
    assert_int_equal(neap_price_billing_start(price), NEAP_BILLING_FROM_READY);
    neap_price_free(price);
}

static void a_list_with_several_meanings_asks_which(void **state)
{
    (void)state;
    write_list(HEADER "me,small,here,instance-hour,0.03,2026,,ok\n"
                      "me,large,here,instance-hour,0.06,2026,,ok\n"
                      "me,large,there,instance-hour,0.07,2026,,ok\n");
    assert_refused(SETTINGS("file", "own.csv"), 1, 2, NEAP_BAD_DATA, "price.product");
    assert_refused(SETTINGS("file", "own.csv", "product", "large"), 1, 2, NEAP_BAD_DATA,
                   "price.region");
    assert_refused(SETTINGS("file", "own.csv", "product", "lrage"), 1, 2, NEAP_BAD_SCENARIO,
                   "did you mean large?");
    struct neap_price *price =
        priced(SETTINGS("file", "own.csv", "product", "large", "region", "there"), 1, 2);
    assert_decimal(neap_price_container_hour(price), -1, "0.07");
    neap_price_free(price);
    write_list(HEADER "me,pod,here,instance-hour,0.03,2026,,ok\n"
                      "me,pod,here,vCPU-hour,0.06,2026,,ok\n");
    assert_refused(SETTINGS("file", "own.csv"), 1, 2, NEAP_BAD_DATA, "at once");
}

static void broken_lists_are_refused_with_their_line(void **state)
{
    static const struct {
        const char *text, *part;
        long line;
    } rows[] = {
        {"unit,price\ncontainer-hour,cheap\n", "found \"cheap\"", 2},
        {"unit,price\n\ncontainer-hour,-1\n", "found -1", 3},
        {"unit,cost\ncontainer-hour,1\n", "columns unit and price_usd", 1},
        {HEADER "a,b,c,container-hour,1,2026-13,,\n", "found valid_as_of \"2026-13\"", 2},
        {HEADER "a,b,c,container-hour,1,2026,,\na,b,c,container-hour,2,2026,,\n", "doubled: line 2",
         3},
        {"unit,price\npound,1\n", "no row with the unit", 0},
    };
    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct neap_price *price = NULL;
        struct neap_error error;
        struct neap_price_options options = SETTINGS("file", "own.csv");
        write_list(rows[i].text);
        assert_int_equal(neap_price_new(&price, &options, 1, GIB, NULL, scratch, &error),
                         NEAP_BAD_DATA);
        assert_null(price);
        if (strstr(error.message, rows[i].part) == NULL)
            fail_msg("\"%s\" does not say \"%s\"", error.message, rows[i].part);
        assert_int_equal(error.line, rows[i].line);
        assert_non_null(strstr(error.source, "own.csv"));
    }
    write_list("unit,price_usd\ncontainer-hour,1\n");
    assert_refused(SETTINGS("file", "own.csv", "currency", "EUR"), 1, 2, NEAP_BAD_DATA,
                   "rename the column price_usd to price");
    assert_refused(SETTINGS("file", "none.csv"), 1, 2, NEAP_NO_INPUT, "");
}

/* --- bills ---------------------------------------------------------------------------------------- */

static void short_lives_pay_the_minimum(void **state)
{
    (void)state;
    struct neap_price *price = priced(SETTINGS("list", "aws-fargate"), 1, 2);
    struct neap_bill bill = bill_of(price, 3, 12 * SECOND + SECOND / 5);
    assert_int_equal(bill.used.s, 36);
    assert_int_equal(bill.used.ns, 600000000);
    assert_int_equal(bill.granularity.s, 2);
    assert_int_equal(bill.granularity.ns, 400000000);
    assert_int_equal(bill.minimum.s, 3 * 47);
    assert_int_equal(bill.lives, 3);
    assert_true(neap_bill_hours(&bill, NEAP_BILL_ALL) == 180.0 / 3600);
    bill = bill_of(price, 1, 0);
    assert_int_equal(bill.minimum.s, 60);
    neap_price_free(price);
}

static void cut_lives_are_charged_as_they_are(void **state)
{
    (void)state;
    struct neap_price *price = priced(SETTINGS("list", "aws-fargate"), 1, 2);
    struct neap_bill whole, pieces;
    neap_bill_init(&whole);
    neap_bill_init(&pieces);
    neap_bill_add(&whole, price, 5, 0, 90 * SECOND, false);
    neap_bill_add(&pieces, price, 5, 0, 40 * SECOND + 7, true);
    neap_bill_add(&pieces, price, 5, 40 * SECOND + 7, 90 * SECOND, true);
    assert_int_equal(pieces.minimum.s + pieces.granularity.s, 0);
    assert_int_equal(pieces.used.s, whole.used.s);
    assert_int_equal(pieces.used.ns, whole.used.ns);
    neap_price_free(price);
}

static void parts_of_a_bill_are_bills(void **state)
{
    (void)state;
    struct neap_price *price =
        priced(SETTINGS("container_hour", "36", "minimum", "60s", "granularity", "7s"), 1, 2);
    struct neap_bill bill = bill_of(price, 100, 10 * SECOND);
    struct neap_bill used = neap_bill_only(&bill, NEAP_BILL_USED);
    struct neap_bill steps = neap_bill_only(&bill, NEAP_BILL_GRANULARITY);
    struct neap_bill least = neap_bill_only(&bill, NEAP_BILL_MINIMUM);
    assert_costs(&used, price, "10.00");
    assert_costs(&steps, price, "4.00");
    assert_costs(&least, price, "46.00");
    assert_costs(&bill, price, "60.00");
    neap_bill_merge(&used, &steps);
    neap_bill_merge(&used, &least);
    assert_costs(&used, price, "60.00");
    assert_true(neap_bill_hours(&bill, NEAP_BILL_USED) == 1000.0 / 3600);
    neap_price_free(price);
}

static void millions_of_containers_over_decades_fit(void **state)
{
    (void)state;
    struct neap_price *price = priced(SETTINGS("list", "aws-fargate"), 16, 120);
    int64_t length_ns = INT64_C(3653) * 86400 * SECOND + 999999999;
    struct neap_bill bill = bill_of(price, 4000000, length_ns);
    struct neap_bill sum = bill;
    for (int i = 1; i < 100; i++)
        neap_bill_merge(&sum, &bill);
    assert_int_equal(sum.used.s, INT64_C(400000000) * (INT64_C(3653) * 86400) + 399999999);
    /* x 16 x 0.04048 / 3600 and x 120 x 0.004445 / 3600, in exact fractions */
    assert_costs(&sum, price, "41419058435231.11");
    neap_price_free(price);
}

static void what_does_not_fit_is_a_fault(void **state)
{
    (void)state;
    struct neap_price *price = priced(SETTINGS("container_hour", "1", "granularity", "1h"), 1, 2);
    static const int64_t lives[][3] = {
        {1, 5, 4},         {-1, 0, 1},
        {INT64_MAX, 0, 1}, {1, INT64_MIN, INT64_MAX},
        {1, 0, INT64_MAX}, {2000000000, 0, INT64_C(9000000000000000000)}};
    for (size_t i = 0; i < sizeof lives / sizeof *lives; i++) {
        struct neap_bill bill;
        struct neap_decimal amount;
        struct neap_error error;
        neap_bill_init(&bill);
        neap_bill_add(&bill, price, lives[i][0], lives[i][1], lives[i][2], false);
        assert_true(bill.fault);
        assert_int_equal(neap_bill_amount(&amount, &bill, price, &error), NEAP_BAD_ARGUMENT);
        assert_non_null(strstr(error.message, "no amount"));
        struct neap_bill sum;
        neap_bill_init(&sum);
        neap_bill_merge(&sum, &bill);
        assert_true(sum.fault);
    }
    neap_price_free(price);
}

/* Pseudo-random lives, added at once, in parts and in another order: the same bill. */
static void the_order_of_adding_does_not_matter(void **state)
{
    (void)state;
    struct neap_price *price = priced(SETTINGS("list", "aws-fargate"), 1, 2);
    struct neap_bill forward, backward, part;
    neap_bill_init(&forward);
    neap_bill_init(&backward);
    for (int i = 0; i < 1000; i++) {
        neap_bill_init(&part);
        int64_t length_ns = (int64_t)i * 7919 * 104729 % 4000 * SECOND / 7;
        int64_t other_ns = (int64_t)(999 - i) * 7919 * 104729 % 4000 * SECOND / 7;
        neap_bill_add(&forward, price, 3, 0, length_ns, i % 5 == 0);
        neap_bill_add(&part, price, 3, HOUR, HOUR + other_ns, (999 - i) % 5 == 0);
        neap_bill_merge(&backward, &part);
    }
    assert_int_equal(forward.used.s, backward.used.s);
    assert_int_equal(forward.used.ns, backward.used.ns);
    assert_int_equal(forward.minimum.s, backward.minimum.s);
    assert_int_equal(forward.granularity.ns, backward.granularity.ns);
    assert_int_equal(forward.lives, backward.lives);
    neap_price_free(price);
}

/* "lifetimes_s=12.2|61.0;min_s=60;granularity_s=1" */
static struct neap_bill oracle_bill(const char *inputs)
{
    char minimum[32] = "", granularity[32] = "";
    const char *lives = strstr(inputs, "lifetimes_s=") + 12;
    assert_int_equal(sscanf(strstr(inputs, "min_s="), "min_s=%15[0-9.]", minimum), 1);
    assert_int_equal(
        sscanf(strstr(inputs, "granularity_s="), "granularity_s=%15[0-9.]", granularity), 1);
    struct neap_price *price =
        priced(SETTINGS("container_hour", "1", "minimum", strcat(minimum, "s"), "granularity",
                        strcat(granularity, "s")),
               1, 2);
    struct neap_bill bill;
    neap_bill_init(&bill);
    for (char *end; *lives != '\0' && *lives != ';'; lives = *end == '|' ? end + 1 : end) {
        double life_s = strtod(lives, &end);
        neap_bill_add(&bill, price, 1, 0, llround(life_s * 1e9), false);
    }
    neap_price_free(price);
    return bill;
}

static void billed_hours_agree_with_the_oracle(void **state)
{
    char path[512];
    struct neap_table *table;
    size_t kind, inputs, quantity, value, checked = 0;
    (void)state;
    const char *top = getenv("top_srcdir");
    snprintf(path, sizeof path, "%s/../shared/tables/oracle/oracle_finance.csv",
             top == NULL ? "." : top);
    if (neap_table_read_csv(&table, path, NULL) != NEAP_OK)
        skip();
    assert_true(neap_table_find_column(table, "kind", &kind));
    assert_true(neap_table_find_column(table, "inputs", &inputs));
    assert_true(neap_table_find_column(table, "quantity", &quantity));
    assert_true(neap_table_find_column(table, "value", &value));
    for (size_t row = 0; row < neap_table_rows(table); row++) {
        if (strcmp(neap_table_text(table, row, kind), "billing") != 0)
            continue;
        struct neap_bill bill = oracle_bill(neap_table_text(table, row, inputs));
        bool raw = strstr(neap_table_text(table, row, quantity), "raw") != NULL;
        double expected = strtod(neap_table_text(table, row, value), NULL);
        double hours = neap_bill_hours(&bill, raw ? NEAP_BILL_USED : NEAP_BILL_ALL);
        assert_true(fabs(hours - expected) <= 1e-10 * expected);
        checked++;
    }
    assert_true(checked >= 4);
    neap_table_free(table);
}

static int make_scratch(void **state)
{
    (void)state;
    return mkdtemp(scratch) == NULL;
}

static int drop_scratch(void **state)
{
    char path[64];
    (void)state;
    snprintf(path, sizeof path, "%s/own.csv", scratch);
    unlink(path);
    return rmdir(scratch);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(fargate_bills_by_hand),
        cmocka_unit_test(bill_lines_are_rounded_one_by_one),
        cmocka_unit_test(sizes_round_up_to_ones_that_are_sold),
        cmocka_unit_test(every_list_has_a_price_in_its_own_region),
        cmocka_unit_test(nodes_are_priced_whole_or_by_size),
        cmocka_unit_test(nodes_and_containers_are_not_mixed_up),
        cmocka_unit_test(rates_per_second_become_rates_per_hour),
        cmocka_unit_test(uncertain_prices_warn),
        cmocka_unit_test(unknown_lists_and_regions_are_refused),
        cmocka_unit_test(no_setting_is_no_price),
        cmocka_unit_test(rates_keep_all_their_digits),
        cmocka_unit_test(contradictory_settings_are_refused),
        cmocka_unit_test(broken_rates_are_refused),
        cmocka_unit_test(yen_have_no_digits_behind_the_point),
        cmocka_unit_test(doubling_the_rate_doubles_the_amount),
        cmocka_unit_test(the_newest_row_not_after_the_date_holds),
        cmocka_unit_test(a_date_before_all_rows_is_refused),
        cmocka_unit_test(a_small_list_of_ones_own_is_enough),
        cmocka_unit_test(a_files_product_may_have_a_shipped_lists_rules),
        cmocka_unit_test(a_list_with_several_meanings_asks_which),
        cmocka_unit_test(broken_lists_are_refused_with_their_line),
        cmocka_unit_test(short_lives_pay_the_minimum),
        cmocka_unit_test(cut_lives_are_charged_as_they_are),
        cmocka_unit_test(parts_of_a_bill_are_bills),
        cmocka_unit_test(millions_of_containers_over_decades_fit),
        cmocka_unit_test(what_does_not_fit_is_a_fault),
        cmocka_unit_test(the_order_of_adding_does_not_matter),
        cmocka_unit_test(billed_hours_agree_with_the_oracle),
    };
    return cmocka_run_group_tests(tests, make_scratch, drop_scratch);
}
