/* SPDX-License-Identifier: MIT */
/*
 * sec/cap.c - capability names, presets and the set of one container.
 *
 * Knows names (by libcap) and arithmetic on masks; does not read or change
 * the capabilities of any process.
 */
#include "sec/sec.h"

#include <errno.h>
#include <linux/capability.h>
#include <stdio.h>
#include <string.h>
#include <sys/capability.h>

#include "base/cleanup.h"
#include "base/err.h"
#include "base/str.h"

#define BIT(cap) (UINT64_C(1) << (cap))

/* Constant strings, which cap_to_name() does not give; a test compares. */
static const char *const cap_names[] = {
	"CHOWN", "DAC_OVERRIDE", "DAC_READ_SEARCH", "FOWNER", "FSETID",
	"KILL", "SETGID", "SETUID", "SETPCAP", "LINUX_IMMUTABLE",
	"NET_BIND_SERVICE", "NET_BROADCAST", "NET_ADMIN", "NET_RAW",
	"IPC_LOCK", "IPC_OWNER", "SYS_MODULE", "SYS_RAWIO", "SYS_CHROOT",
	"SYS_PTRACE", "SYS_PACCT", "SYS_ADMIN", "SYS_BOOT", "SYS_NICE",
	"SYS_RESOURCE", "SYS_TIME", "SYS_TTY_CONFIG", "MKNOD", "LEASE",
	"AUDIT_WRITE", "AUDIT_CONTROL", "SETFCAP", "MAC_OVERRIDE",
	"MAC_ADMIN", "SYSLOG", "WAKE_ALARM", "BLOCK_SUSPEND", "AUDIT_READ",
	"PERFMON", "BPF", "CHECKPOINT_RESTORE",
};

uint64_t sec_cap_preset(enum sec_preset preset)
{
	const uint64_t podman = BIT(CAP_CHOWN) | BIT(CAP_DAC_OVERRIDE) |
		BIT(CAP_FOWNER) | BIT(CAP_FSETID) | BIT(CAP_KILL) |
		BIT(CAP_NET_BIND_SERVICE) | BIT(CAP_SETFCAP) |
		BIT(CAP_SETGID) | BIT(CAP_SETPCAP) | BIT(CAP_SETUID) |
		BIT(CAP_SYS_CHROOT);

	switch (preset) {
	case SEC_PRESET_DEFAULT:
		return podman;
	case SEC_PRESET_DOCKER:
		return podman | BIT(CAP_MKNOD) | BIT(CAP_NET_RAW) |
			BIT(CAP_AUDIT_WRITE);
	case SEC_PRESET_RESTRICTED:
		break;
	}
	return 0;
}

uint64_t sec_cap_all(void)
{
	cap_value_t n = cap_max_bits();

	if (n <= 0)
		return 0;
	return n >= 64 ? UINT64_MAX : BIT(n) - 1;
}

int sec_cap_from_name(const char *name, unsigned int *ret)
{
	char full[64] = "cap_";
	cap_value_t value;
	size_t i;

	if (strncasecmp(name, "cap_", 4) == 0)
		name += 4;
	if (!str_copy(full + 4, sizeof(full) - 4, name))
		return -EINVAL;
	for (i = 4; full[i]; i++) {
		char c = full[i];

		if (c >= 'A' && c <= 'Z')
			full[i] = (char)(c - 'A' + 'a');
		else if (c != '_' && (c < 'a' || c > 'z'))
			return -EINVAL;
	}
	if (cap_from_name(full, &value) < 0 || value < 0 || value > 63)
		return -EINVAL;
	*ret = (unsigned int)value;
	return 0;
}

const char *sec_cap_name(unsigned int bit)
{
	return bit < ARRAY_LEN(cap_names) ? cap_names[bit] : NULL;
}

static bool is_all(const char *name)
{
	return strcasecmp(name, "ALL") == 0 ||
		strcasecmp(name, "CAP_ALL") == 0;
}

/* The named capabilities but for ALL, which is reported apart. */
static int parse_list(const char *const *names, size_t n, const char *field,
	uint64_t *ret, bool *ret_all, struct pod_error *reterr)
{
	uint64_t set = 0;
	bool all = false;
	unsigned int bit;
	size_t i;

	for (i = 0; i < n; i++) {
		if (is_all(names[i])) {
			all = true;
			continue;
		}
		if (sec_cap_from_name(names[i], &bit) < 0) {
			(void)err_set(reterr, -EINVAL, POD_STAGE_SECURITY,
				names[i], field, "unknown capability \"%s\"",
				names[i]);
			err_hint(reterr, "names are as in capabilities(7), "
				"for example NET_ADMIN, or ALL");
			return -EINVAL;
		}
		set |= BIT(bit);
	}
	*ret = set;
	*ret_all = all;
	return 0;
}

static int refuse_unavailable(uint64_t missing, uint64_t kernel,
	struct pod_error *reterr)
{
	unsigned int bit = (unsigned int)__builtin_ctzll(missing);
	const char *name = sec_cap_name(bit);
	char number[32];

	if (!name) {
		(void)snprintf(number, sizeof(number), "capability %u", bit);
		name = number;
	}
	(void)err_set(reterr, -EPERM, POD_STAGE_SECURITY, name,
		"capabilities.add", "%s is not available: %s", name,
		kernel & BIT(bit) ? "the caller does not have it" :
		"the running kernel does not know it");
	err_hint(reterr, "do not add %s, or run from a service whose "
		"bounding set has it (CapBnd in /proc/self/status)", name);
	return -EPERM;
}

int sec_cap_resolve(uint64_t base, uint64_t available,
	const char *const *add, size_t n_add, const char *const *drop,
	size_t n_drop, uint64_t *ret, struct pod_error *reterr)
{
	uint64_t kernel = sec_cap_all();
	uint64_t added, dropped, set;
	bool add_all, drop_all;
	int r;

	available &= kernel;
	r = parse_list(drop, n_drop, "capabilities.drop", &dropped, &drop_all,
		reterr);
	if (r < 0)
		return r;
	r = parse_list(add, n_add, "capabilities.add", &added, &add_all,
		reterr);
	if (r < 0)
		return r;
	/*
	 * What is asked for by name must be there; a set (the preset, ALL)
	 * means as much of it as this host gives.
	 */
	if (added & ~available)
		return refuse_unavailable(added & ~available, kernel, reterr);
	set = add_all ? available : base & available;
	set = drop_all ? 0 : set & ~dropped;
	*ret = set | added;
	return 0;
}
