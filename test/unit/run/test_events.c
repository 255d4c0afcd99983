/* SPDX-License-Identifier: MIT */
#include <check.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "run/events.h"
#include "run/run.h"
#include "support/fixture.h"

#define MAX_SEEN 64

static char *top;
static int dir, file;
static struct pod_event seen[MAX_SEEN];
static size_t n_seen;

static void setup(void)
{
	top = support_tmpdir();
	dir = open(top, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	file = openat(dir, "events",
		O_RDWR | O_CREAT | O_APPEND | O_CLOEXEC, 0600);
	ck_assert(dir >= 0 && file >= 0);
	n_seen = 0;
}

static void teardown(void)
{
	(void)close(dir);
	(void)close(file);
	support_remove_tree(top);
	free(top);
}

static void raw(const char *text, size_t len)
{
	ck_assert_int_eq(write(file, text, len), (ssize_t)len);
}

static int collect(const struct pod_event *e, void *context)
{
	const int *stop_at = context;

	ck_assert_uint_lt(n_seen, MAX_SEEN);
	seen[n_seen++] = *e;
	return stop_at && (int)n_seen == *stop_at;
}

static struct pod_event event(const char *message)
{
	struct pod_event e = { .type = POD_EVENT_WARNING,
		.time_usec = 1234567890123456 };

	strcpy(e.container, "web");
	strcpy(e.reason, "BackOff");
	(void)snprintf(e.message, sizeof(e.message), "%s", message);
	return e;
}

START_TEST(test_run_events__what_is_appended_is_read)
{
	struct pod_event e = event("Back-off restarting");
	uint64_t offset = 0;

	ck_assert_int_eq(run_events_append(file, &e), 0);
	e.type = POD_EVENT_NORMAL;
	e.container[0] = '\0';
	ck_assert_int_eq(run_events_append(file, &e), 0);
	ck_assert_int_eq(run_events_read(dir, &offset, collect, NULL, NULL),
		0);
	ck_assert_uint_eq(n_seen, 2);
	ck_assert_int_eq(seen[0].type, POD_EVENT_WARNING);
	ck_assert_int_eq(seen[0].time_usec, 1234567890123456);
	ck_assert_str_eq(seen[0].container, "web");
	ck_assert_str_eq(seen[0].reason, "BackOff");
	ck_assert_str_eq(seen[0].message, "Back-off restarting");
	ck_assert_int_eq(seen[1].type, POD_EVENT_NORMAL);
	ck_assert_str_eq(seen[1].container, "");
	/* from where we were: nothing new */
	ck_assert_int_eq(run_events_read(dir, &offset, collect, NULL, NULL),
		0);
	ck_assert_uint_eq(n_seen, 2);
}
END_TEST

START_TEST(test_run_events__a_message_cannot_forge_a_line)
{
	struct pod_event e = event("x\n9\tN\tdb\tStarted\tforged\n\033[2J");
	char big[256];
	uint64_t offset = 0;

	ck_assert_int_eq(run_events_append(file, &e), 0);
	/* every byte needs four: longer than any buffer */
	memset(big, '\n', sizeof(big) - 1);
	big[sizeof(big) - 1] = '\0';
	e = event(big);
	ck_assert_int_eq(run_events_append(file, &e), 0);
	e = event("after");
	ck_assert_int_eq(run_events_append(file, &e), 0);
	ck_assert_int_eq(run_events_read(dir, &offset, collect, NULL, NULL),
		0);
	ck_assert_uint_eq(n_seen, 3);
	ck_assert_ptr_nonnull(strstr(seen[0].message, "\\x0a9\\x09N"));
	ck_assert_ptr_null(strchr(seen[1].message, '\n'));
	ck_assert_str_eq(seen[2].message, "after");
}
END_TEST

static const char *const hostile[] = {
	"\n",
	"no tabs at all\n",
	"\t\t\t\t\n",
	"1\tN\tweb\tStarted\n",
	"x\tN\tweb\tStarted\ttext\n",
	"1x\tN\tweb\tStarted\ttext\n",
	"1\tX\tweb\tStarted\ttext\n",
	"1\t\tweb\tStarted\ttext\n",
};

START_TEST(test_run_events__lines_that_are_no_events_are_passed_over)
{
	struct pod_event e = event("good");
	uint64_t offset = 0;
	size_t i;

	for (i = 0; i < sizeof(hostile) / sizeof(hostile[0]); i++) {
		raw(hostile[i], strlen(hostile[i]));
		ck_assert_int_eq(run_events_append(file, &e), 0);
	}
	raw("1\tN\tw\0eb\tStarted\ttext\n", 22);
	ck_assert_int_eq(run_events_append(file, &e), 0);
	ck_assert_int_eq(run_events_read(dir, &offset, collect, NULL, NULL),
		0);
	ck_assert_uint_eq(n_seen, i + 1);
	for (i = 0; i < n_seen; i++)
		ck_assert_str_eq(seen[i].message, "good");
}
END_TEST

START_TEST(test_run_events__fields_longer_than_their_place_are_cut)
{
	char *line = malloc(1 << 20);
	uint64_t offset = 0;
	size_t n;

	n = (size_t)sprintf(line, "1\tN\t");
	memset(line + n, 'c', 5000);
	n += 5000;
	line[n++] = '\t';
	memset(line + n, 'r', 5000);
	n += 5000;
	line[n++] = '\t';
	memset(line + n, 'm', 900000);
	n += 900000;
	line[n++] = '\n';
	raw(line, n);
	free(line);
	ck_assert_int_eq(run_events_read(dir, &offset, collect, NULL, NULL),
		0);
	ck_assert_uint_eq(n_seen, 1);
	ck_assert_uint_eq(strlen(seen[0].container),
		sizeof(seen[0].container) - 1);
	ck_assert_uint_eq(strlen(seen[0].reason), sizeof(seen[0].reason) - 1);
	ck_assert_uint_eq(strlen(seen[0].message),
		sizeof(seen[0].message) - 1);
	ck_assert_uint_eq(offset, n);
}
END_TEST

START_TEST(test_run_events__half_a_line_waits_for_its_end)
{
	uint64_t offset = 0;

	raw("1\tN\tweb\tStarted\tha", 18);
	ck_assert_int_eq(run_events_read(dir, &offset, collect, NULL, NULL),
		0);
	ck_assert_uint_eq(n_seen, 0);
	ck_assert_uint_eq(offset, 0);
	raw("lf\n", 3);
	ck_assert_int_eq(run_events_read(dir, &offset, collect, NULL, NULL),
		0);
	ck_assert_uint_eq(n_seen, 1);
	ck_assert_str_eq(seen[0].message, "half");
}
END_TEST

START_TEST(test_run_events__a_reader_that_stops_goes_on_after_its_last)
{
	struct pod_event e = event("one");
	uint64_t offset = 0;
	int stop = 1;

	ck_assert_int_eq(run_events_append(file, &e), 0);
	e = event("two");
	ck_assert_int_eq(run_events_append(file, &e), 0);
	ck_assert_int_eq(run_events_read(dir, &offset, collect, &stop, NULL),
		0);
	ck_assert_uint_eq(n_seen, 1);
	ck_assert_int_eq(run_events_read(dir, &offset, collect, NULL, NULL),
		0);
	ck_assert_uint_eq(n_seen, 2);
	ck_assert_str_eq(seen[1].message, "two");
}
END_TEST

START_TEST(test_run_events__the_log_is_bounded)
{
	struct pod_event e = event("again");
	int r = 0, i;

	for (i = 0; i < 100000 && r == 0; i++)
		r = run_events_append(file, &e);
	ck_assert_int_eq(r, -EFBIG);
	ck_assert_int_lt(lseek(file, 0, SEEK_END), (1 << 20) + 1024);
}
END_TEST

START_TEST(test_run_events__no_log_is_no_events)
{
	uint64_t offset = 0;

	ck_assert_int_eq(unlinkat(dir, "events", 0), 0);
	ck_assert_int_eq(run_events_read(dir, &offset, collect, NULL, NULL),
		0);
	ck_assert_int_eq(symlinkat("/etc/passwd", dir, "events"), 0);
	ck_assert_int_eq(run_events_read(dir, &offset, collect, NULL, NULL),
		-ELOOP);
	ck_assert_uint_eq(n_seen, 0);
}
END_TEST

int main(void)
{
	Suite *s = suite_create("run/events");
	TCase *t = tcase_create("all");
	SRunner *runner;
	int failed;

	tcase_set_timeout(t, 60);
	tcase_add_checked_fixture(t, setup, teardown);
	tcase_add_test(t, test_run_events__what_is_appended_is_read);
	tcase_add_test(t, test_run_events__a_message_cannot_forge_a_line);
	tcase_add_test(t,
		test_run_events__lines_that_are_no_events_are_passed_over);
	tcase_add_test(t,
		test_run_events__fields_longer_than_their_place_are_cut);
	tcase_add_test(t, test_run_events__half_a_line_waits_for_its_end);
	tcase_add_test(t,
		test_run_events__a_reader_that_stops_goes_on_after_its_last);
	tcase_add_test(t, test_run_events__the_log_is_bounded);
	tcase_add_test(t, test_run_events__no_log_is_no_events);
	suite_add_tcase(s, t);
	runner = srunner_create(s);
	srunner_run_all(runner, CK_ENV);
	failed = srunner_ntests_failed(runner);
	srunner_free(runner);
	return failed ? EXIT_FAILURE : EXIT_SUCCESS;
}
