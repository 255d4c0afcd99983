/* SPDX-License-Identifier: MIT */
/*
 * sec/seccomp_cache.c - compiled filters kept in a directory.
 *
 * A compile costs a millisecond and a megabyte of heap, reading it back some
 * microseconds. Knows the entry's form and when not to trust one; knows
 * nothing of the policy but its digest, and never evicts: the number of
 * entries is bounded by the capability masks in use.
 */
#include "sec/seccomp.h"

#include <errno.h>
#include <fcntl.h>
#include <seccomp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/random.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "base/err.h"
#include "base/str.h"

#define NAME_SIZE 64

/* No padding: it is compared and hashed as bytes. */
struct key {
	char magic[8];
	char arch[16];
	uint32_t libseccomp[3];
	uint32_t docker_compat;
	uint64_t table;		/* digest of the policy */
	uint64_t capabilities;	/* those that the policy asks for */
};

struct header {
	struct key key;
	uint64_t size_bytes;	/* of the filter that follows */
	uint64_t checksum;	/* of the filter */
};

_Static_assert(sizeof(struct key) == 56, "padding in the cache's key");
_Static_assert(sizeof(struct header) == 72, "padding in the cache's header");

static void make_key(const struct sec_seccomp_params *params, struct key *key)
{
	const struct scmp_version *version = seccomp_version();

	memset(key, 0, sizeof(*key));
	memcpy(key->magic, "PODBPF1", 8);
	(void)str_copy(key->arch, sizeof(key->arch), sec_arch_name);
	if (version) {
		key->libseccomp[0] = version->major;
		key->libseccomp[1] = version->minor;
		key->libseccomp[2] = version->micro;
	}
	key->docker_compat = params->docker_compat;
	key->table = sec_table_digest();
	key->capabilities = params->capabilities & sec_table_capabilities();
}

static void make_name(const struct key *key, char name[NAME_SIZE])
{
	(void)snprintf(name, NAME_SIZE, "seccomp-%016llx.bpf",
		(unsigned long long)sec_fnv(SEC_FNV_INIT, key, sizeof(*key)));
}

static int read_exactly(int fd, void *buf, size_t len)
{
	size_t done = 0;

	while (done < len) {
		ssize_t n = read(fd, (char *)buf + done, len - done);

		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0)
			return -errno;
		if (n == 0)
			return -EBADMSG;
		done += (size_t)n;
	}
	return 0;
}

/*
 * A filter that somebody else could have written is worse than none: only a
 * regular file of ours that nobody else may write is looked at.
 */
static int check_file(int fd, const struct header *header)
{
	struct stat st;

	if (fstat(fd, &st) < 0)
		return -errno;
	if (!S_ISREG(st.st_mode) || st.st_uid != geteuid() ||
		(st.st_mode & (S_IWGRP | S_IWOTH)))
		return -EPERM;
	if (header->size_bytes == 0 ||
		header->size_bytes > SEC_BPF_MAX * sizeof(struct sock_filter) ||
		header->size_bytes % sizeof(struct sock_filter) ||
		(uint64_t)st.st_size != sizeof(*header) + header->size_bytes)
		return -EBADMSG;
	return 0;
}

static int load_entry(int dir, const char *name, const struct key *key,
	void **ret_bpf, size_t *ret_len)
{
	_cleanup_fd_ int fd = openat(dir, name,
		O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK);
	_cleanup_free_ void *bpf = NULL;
	struct header header;
	int r;

	if (fd < 0)
		return -errno;
	r = read_exactly(fd, &header, sizeof(header));
	if (r < 0)
		return r;
	if (memcmp(&header.key, key, sizeof(*key)) != 0)
		return -EBADMSG;
	r = check_file(fd, &header);
	if (r < 0)
		return r;
	bpf = malloc(header.size_bytes);
	if (!bpf)
		return -ENOMEM;
	r = read_exactly(fd, bpf, header.size_bytes);
	if (r < 0)
		return r;
	if (sec_fnv(SEC_FNV_INIT, bpf, header.size_bytes) != header.checksum)
		return -EBADMSG;
	*ret_len = header.size_bytes;
	*ret_bpf = take_ptr(bpf);
	return 0;
}

static int write_exactly(int fd, const void *buf, size_t len)
{
	size_t done = 0;

	while (done < len) {
		ssize_t n = write(fd, (const char *)buf + done, len - done);

		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0)
			return -errno;
		done += (size_t)n;
	}
	return 0;
}

static int save_entry(int dir, const char *name, const struct key *key,
	const void *bpf, size_t len)
{
	struct header header = {
		.key = *key,
		.size_bytes = len,
		.checksum = sec_fnv(SEC_FNV_INIT, bpf, len),
	};
	_cleanup_fd_ int fd = -EBADF;
	char temporary[NAME_SIZE];
	uint64_t salt;
	int r;

	if (getrandom(&salt, sizeof(salt), GRND_NONBLOCK) != sizeof(salt))
		return -EAGAIN;
	(void)snprintf(temporary, sizeof(temporary), ".seccomp-%016llx.tmp",
		(unsigned long long)salt);
	fd = openat(dir, temporary,
		O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0600);
	if (fd < 0)
		return -errno;
	r = write_exactly(fd, &header, sizeof(header));
	if (r == 0)
		r = write_exactly(fd, bpf, len);
	if (r == 0 && renameat(dir, temporary, dir, name) < 0)
		r = -errno;
	if (r < 0)
		(void)unlinkat(dir, temporary, 0);
	return r;
}

int sec_seccomp_load(int cachedir, const struct sec_seccomp_params *params,
	void **ret_bpf, size_t *ret_len, struct pod_error *reterr)
{
	char name[NAME_SIZE];
	struct key key;
	int r;

	if (cachedir < 0)
		return sec_seccomp_compile(params, ret_bpf, ret_len, reterr);
	make_key(params, &key);
	make_name(&key, name);
	if (load_entry(cachedir, name, &key, ret_bpf, ret_len) == 0)
		return 0;
	r = sec_seccomp_compile(params, ret_bpf, ret_len, reterr);
	if (r < 0)
		return r;
	/* Not kept (full or read-only disk) means only slower next time. */
	(void)save_entry(cachedir, name, &key, *ret_bpf, *ret_len);
	return 0;
}
