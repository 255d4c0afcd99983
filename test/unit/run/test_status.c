/* SPDX-License-Identifier: MIT */
#include <check.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "run/run.h"
#include "run/status.h"
#include "support/fixture.h"

/* The header of a slot on disk: magic, generation, checksum, size. */
#define SLOT_HEADER 32
#define CONTAINERS 2

static char *top;
static int dir, file;
static size_t room;
static void *buffer;

static void setup(void)
{
	top = support_tmpdir();
	dir = open(top, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	file = openat(dir, "status", O_RDWR | O_CREAT | O_CLOEXEC, 0600);
	ck_assert(dir >= 0 && file >= 0);
	room = sizeof(struct pod_status) +
		CONTAINERS * sizeof(struct pod_container_status) +
		RUN_STATUS_OVERHEAD;
	buffer = malloc(room);
}

static void teardown(void)
{
	(void)close(dir);
	(void)close(file);
	free(buffer);
	support_remove_tree(top);
	free(top);
}

static struct pod_status *make(unsigned int round)
{
	size_t size = room - RUN_STATUS_OVERHEAD;
	struct pod_status *s = calloc(1, size);

	s->size = (uint32_t)size;
	s->count = CONTAINERS;
	(void)snprintf(s->name, sizeof(s->name), "round-%u", round);
	memset(s->containers, (int)(round & 0xff),
		CONTAINERS * sizeof(s->containers[0]));
	s->finished_usec = round;
	return s;
}

static void put(unsigned int round)
{
	struct pod_status *s = make(round);

	ck_assert_int_eq(run_status_write(file, round, s, buffer, room), 0);
	free(s);
}

static bool is_round(const struct pod_status *got, unsigned int round)
{
	struct pod_status *want = make(round);
	bool same = got->size == want->size &&
		memcmp(got, want, want->size) == 0;

	free(want);
	return same;
}

/* Old or new, whole; anything else ends the test. */
static unsigned int read_round(unsigned int old, unsigned int new,
	size_t where)
{
	struct pod_status *got = NULL;
	unsigned int round;
	int r = run_status_read(dir, &got, NULL);

	ck_assert_msg(r == 0, "byte %zu: %d", where, r);
	ck_assert_msg(is_round(got, old) || is_round(got, new),
		"byte %zu: neither the old nor the new state", where);
	round = is_round(got, new) ? new : old;
	pod_status_free(got);
	return round;
}

/* Where the slot of a generation begins: the second at the next page. */
static off_t slot_of(unsigned int round)
{
	size_t bytes = SLOT_HEADER + room - RUN_STATUS_OVERHEAD;

	return round & 1 ? (off_t)((bytes + 4095) & ~(size_t)4095) : 0;
}

START_TEST(test_run_status__nothing_written_is_no_damage)
{
	struct pod_status *got = NULL;
	struct pod_error err = { 0 };

	ck_assert_int_eq(run_status_read(dir, &got, &err), -ENODATA);
	ck_assert_int_eq(unlinkat(dir, "status", 0), 0);
	ck_assert_int_eq(run_status_read(dir, &got, NULL), -ENODATA);
	ck_assert_ptr_null(got);
}
END_TEST

START_TEST(test_run_status__the_newest_is_read)
{
	unsigned int round;

	for (round = 1; round < 9; round++) {
		put(round);
		ck_assert_uint_eq(read_round(round - 1, round, 0), round);
	}
}
END_TEST

START_TEST(test_run_status__a_status_that_does_not_fit_is_refused)
{
	struct pod_status *s = make(1);

	ck_assert_int_eq(run_status_write(file, 1, s, buffer, room - 40),
		-EMSGSIZE);
	free(s);
}
END_TEST

/* The writer was killed after `n` bytes of its write over an older slot. */
START_TEST(test_run_status__every_prefix_of_a_write_leaves_old_or_new)
{
	size_t bytes = SLOT_HEADER + room - RUN_STATUS_OVERHEAD, n;
	char *before = malloc(bytes), *after = malloc(bytes);
	unsigned int seen = 0;

	put(2);
	put(3);
	ck_assert_int_eq(pread(file, before, bytes, slot_of(4)),
		(ssize_t)bytes);
	put(4);
	ck_assert_int_eq(pread(file, after, bytes, slot_of(4)),
		(ssize_t)bytes);
	for (n = 0; n <= bytes; n++) {
		ck_assert_int_eq(pwrite(file, before, bytes, slot_of(4)),
			(ssize_t)bytes);
		ck_assert_int_eq(pwrite(file, after, n, slot_of(4)),
			(ssize_t)n);
		seen |= read_round(3, 4, n) == 4 ? 2 : 1;
		if (n == bytes)
			ck_assert_uint_eq(read_round(3, 4, n), 4);
	}
	ck_assert_uint_eq(seen, 3);
	free(before);
	free(after);
}
END_TEST

/* The same with a file that ends there, and with NULs to its end. */
START_TEST(test_run_status__every_cut_and_nul_tail_leaves_old_or_new)
{
	size_t bytes = SLOT_HEADER + room - RUN_STATUS_OVERHEAD, n;
	off_t at = slot_of(3);

	put(2);
	for (n = 0; n < bytes; n++) {
		put(3);
		ck_assert_int_eq(ftruncate(file, at + (off_t)n), 0);
		(void)read_round(2, 3, n);
		ck_assert_int_eq(ftruncate(file, at + (off_t)bytes), 0);
		(void)read_round(2, 3, n);
		ck_assert_int_eq(ftruncate(file, at + 3 * 4096), 0);
		(void)read_round(2, 3, n);
	}
}
END_TEST

START_TEST(test_run_status__every_flipped_byte_of_the_newest_is_noticed)
{
	size_t bytes = SLOT_HEADER + room - RUN_STATUS_OVERHEAD, n;
	static const unsigned char flips[] = { 0x01, 0x80, 0xff };
	unsigned int newest, i;

	for (newest = 4; newest < 6; newest++) {
		put(newest - 1);
		put(newest);
		for (n = 0; n < bytes; n++)
			for (i = 0; i < 3; i++) {
				off_t at = slot_of(newest) + (off_t)n;
				unsigned char c, bad;

				ck_assert_int_eq(pread(file, &c, 1, at), 1);
				bad = c ^ flips[i];
				ck_assert_int_eq(pwrite(file, &bad, 1, at),
					1);
				ck_assert_uint_eq(read_round(newest - 1,
					newest, n), newest - 1);
				ck_assert_int_eq(pwrite(file, &c, 1, at), 1);
			}
	}
}
END_TEST

START_TEST(test_run_status__both_slots_damaged_is_an_error)
{
	struct pod_status *got = NULL;
	struct pod_error err = { 0 };
	char junk[8192];

	put(2);
	put(3);
	memset(junk, 0x5a, sizeof(junk));
	ck_assert_int_eq(pwrite(file, junk, 64, slot_of(2)), 64);
	ck_assert_int_eq(pwrite(file, junk, 64, slot_of(3)), 64);
	ck_assert_int_eq(run_status_read(dir, &got, &err), -EBADMSG);
	ck_assert_int_eq(err.stage, POD_STAGE_STATE);
	/* not a file at all */
	ck_assert_int_eq(unlinkat(dir, "status", 0), 0);
	ck_assert_int_eq(mkfifoat(dir, "status", 0600), 0);
	ck_assert_int_eq(run_status_read(dir, &got, NULL), -EINVAL);
}
END_TEST

int main(void)
{
	Suite *s = suite_create("run/status");
	TCase *t = tcase_create("all");
	SRunner *runner;
	int failed;

	tcase_set_timeout(t, 120);
	tcase_add_checked_fixture(t, setup, teardown);
	tcase_add_test(t, test_run_status__nothing_written_is_no_damage);
	tcase_add_test(t, test_run_status__the_newest_is_read);
	tcase_add_test(t,
		test_run_status__a_status_that_does_not_fit_is_refused);
	tcase_add_test(t,
		test_run_status__every_prefix_of_a_write_leaves_old_or_new);
	tcase_add_test(t,
		test_run_status__every_cut_and_nul_tail_leaves_old_or_new);
	tcase_add_test(t,
		test_run_status__every_flipped_byte_of_the_newest_is_noticed);
	tcase_add_test(t, test_run_status__both_slots_damaged_is_an_error);
	suite_add_tcase(s, t);
	runner = srunner_create(s);
	srunner_run_all(runner, CK_ENV);
	failed = srunner_ntests_failed(runner);
	srunner_free(runner);
	return failed ? EXIT_FAILURE : EXIT_SUCCESS;
}
