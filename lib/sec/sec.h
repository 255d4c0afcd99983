/* SPDX-License-Identifier: MIT */
/*
 * sec/sec.h - capabilities, seccomp and the default profile, as data.
 *
 * All of it is computed in the parent; the child only executes the result.
 */
#ifndef SEC_SEC_H
#define SEC_SEC_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <pod/error.h>

/* sec/cap.c: names by libcap; bit n = capability n. */

enum sec_preset { SEC_PRESET_DEFAULT = 0, SEC_PRESET_DOCKER,
	SEC_PRESET_RESTRICTED };

/* The bounding set of a preset: podman's 11, Docker's 14, or none. */
uint64_t sec_cap_preset(enum sec_preset preset);
/* All capabilities the running kernel knows (cap_last_cap). */
uint64_t sec_cap_all(void);
/* "NET_ADMIN" or "CAP_NET_ADMIN", upper or lower case, -> bit; -EINVAL. */
int sec_cap_from_name(const char *name, unsigned int *ret);
/* "NET_ADMIN"; NULL beyond what libcap knows. Constant or cached string. */
const char *sec_cap_name(unsigned int bit);
/*
 * base, then drop, then add by name. "ALL" in drop empties the base, in add
 * it makes everything available the base (so that add ALL, drop NET_ADMIN
 * does what it says). `available` is the supervisor's own bounding set: sets
 * are masked by it, a capability named in add that is not in it is -EPERM.
 * An unknown name is -EINVAL; both errors name the capability.
 */
int sec_cap_resolve(uint64_t base, uint64_t available,
	const char *const *add, size_t n_add, const char *const *drop,
	size_t n_drop, uint64_t *ret, struct pod_error *reterr);

/* sec/mask.c: the default masked and read-only paths, NULL-terminated.
 * thermal_throttle of each CPU is not listed: it is folded by the plan. */
extern const char *const sec_masked_paths[];
extern const char *const sec_readonly_paths[];

/* sec/seccomp.c: the default profile compiled by libseccomp. */

/* What a container may do changes the filter; the key of the cache. */
struct sec_seccomp_params {
	uint64_t capabilities;		/* the container's bounding set */
	bool docker_compat;		/* sockets as Docker's */
};

/*
 * The default profile as classic BPF (struct sock_filter array), native
 * architecture, CTL_OPTIMIZE=2. malloc'ed; *ret_len is in bytes, at most
 * 4096 instructions. Costs about 1 ms: go through the cache.
 */
int sec_seccomp_compile(const struct sec_seccomp_params *params,
	void **ret_bpf, size_t *ret_len, struct pod_error *reterr);

/*
 * The same from cachedir (a directory fd, -EBADF: no cache), keyed by the
 * parameters, profile version, architecture and libseccomp version. A
 * missing or damaged entry (magic, length, checksum) is compiled and
 * replaced by write-temp-then-rename; a cache that cannot be written is no
 * error.
 */
int sec_seccomp_load(int cachedir, const struct sec_seccomp_params *params,
	void **ret_bpf, size_t *ret_len, struct pod_error *reterr);

/*
 * A Localhost profile: a JSON file in the containers' seccomp format
 * (defaultAction, syscalls[].names/action/args). -EINVAL names the field, or
 * the system call of {capset prctl execveat execve write exit_group futex}
 * that it fails to allow.
 */
int sec_seccomp_compile_json(const char *path, const char *json, size_t len,
	void **ret_bpf, size_t *ret_len, struct pod_error *reterr);
/*
 * The same for a container with these capabilities, which a profile may ask
 * for by includes.caps and excludes.caps; the above assumes none.
 */
int sec_seccomp_compile_json_for(const char *path, const char *json,
	size_t len, uint64_t capabilities, void **ret_bpf, size_t *ret_len,
	struct pod_error *reterr);

/* For golden tests: the verdict the table gives to a native number. */
enum sec_verdict { SEC_ALLOW, SEC_ARGS, SEC_EPERM, SEC_ENOSYS };
enum sec_verdict sec_seccomp_verdict(int number,
	const struct sec_seccomp_params *params);

#endif
