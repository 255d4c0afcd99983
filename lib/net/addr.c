// SPDX-License-Identifier: MIT
/*
 * net/addr.c - addresses, CIDRs and the MACs derived from them.
 *
 * Pure: knows how a CIDR is divided among pods; knows nothing of links,
 * routes or who holds which address.
 */
#include "net/net.h"

#include <arpa/inet.h>
#include <errno.h>
#include <string.h>

#include "base/err.h"
#include "base/str.h"

#define CIDR_TEXT (NET_ADDR_TEXT + 4)	/* "/128" */
#define CAPACITY_MAX (1ULL << 24)
/* The network itself and the first address after it. */
#define RESERVED_LOW 2
#define RESERVED (RESERVED_LOW + 1)	/* and the broadcast address */

static unsigned int addr_bits(const struct net_addr *a)
{
	return a->family == AF_INET ? 32 : 128;
}

static const unsigned char *addr_bytes(const struct net_addr *a)
{
	return a->family == AF_INET ? (const unsigned char *)&a->v4
				    : a->v6.s6_addr;
}

int net_addr_parse(const char *text, struct net_addr *ret)
{
	struct net_addr a = { .family = AF_INET };

	if (inet_pton(AF_INET, text, &a.v4) == 1) {
		*ret = a;
		return 0;
	}
	a = (struct net_addr){ .family = AF_INET6 };
	if (inet_pton(AF_INET6, text, &a.v6) == 1) {
		*ret = a;
		return 0;
	}
	return -EINVAL;
}

const char *net_addr_text(const struct net_addr *a, char *buf)
{
	buf[0] = '\0';
	if (a->family == AF_INET)
		(void)inet_ntop(AF_INET, &a->v4, buf, NET_ADDR_TEXT);
	else if (a->family == AF_INET6)
		(void)inet_ntop(AF_INET6, &a->v6, buf, NET_ADDR_TEXT);
	return buf;
}

/* Are all bits from position `from` on zero? */
static bool is_zero_from(const struct net_addr *a, unsigned int from)
{
	const unsigned char *b = addr_bytes(a);
	unsigned int i;

	for (i = from; i < addr_bits(a); i++)
		if (b[i / 8] & (0x80 >> i % 8))
			return false;
	return true;
}

static bool is_equal_upto(const struct net_addr *a, const struct net_addr *b,
	unsigned int bits)
{
	const unsigned char *x = addr_bytes(a), *y = addr_bytes(b);
	unsigned int rest = bits % 8;

	if (memcmp(x, y, bits / 8) != 0)
		return false;
	return rest == 0 || ((x[bits / 8] ^ y[bits / 8]) >> (8 - rest)) == 0;
}

/* One to three digits, no sign, no leading zero. */
static int prefix_parse(const char *s, unsigned int max, unsigned int *ret)
{
	unsigned int n = 0;
	size_t i, len = strlen(s);

	if (len < 1 || len > 3 || (s[0] == '0' && len > 1))
		return -EINVAL;
	for (i = 0; i < len; i++) {
		if (s[i] < '0' || s[i] > '9')
			return -EINVAL;
		n = n * 10 + (unsigned int)(s[i] - '0');
	}
	if (n > max)
		return -EINVAL;
	*ret = n;
	return 0;
}

int net_cidr_parse(const char *text, struct net_cidr *ret)
{
	struct net_cidr c = { 0 };
	char copy[CIDR_TEXT];
	char *slash;

	if (!str_copy(copy, sizeof(copy), text))
		return -EINVAL;
	slash = strchr(copy, '/');
	if (!slash)
		return -EINVAL;
	*slash = '\0';
	if (net_addr_parse(copy, &c.addr) < 0 ||
	    prefix_parse(slash + 1, addr_bits(&c.addr), &c.prefix) < 0 ||
	    !is_zero_from(&c.addr, c.prefix))
		return -EINVAL;
	*ret = c;
	return 0;
}

bool net_cidr_overlaps(const struct net_cidr *a, const struct net_cidr *b)
{
	if (a->addr.family != b->addr.family || a->addr.family == AF_UNSPEC)
		return false;
	return is_equal_upto(&a->addr, &b->addr,
		a->prefix < b->prefix ? a->prefix : b->prefix);
}

/* Ranges a pod cannot have, because the kernel or the gateway has them. */
static const char *cidr_reserved_for(const struct net_cidr *c)
{
	static const struct {
		const char *cidr, *what;
	} reserved[] = {
		{ "0.0.0.0/8", "this network" },
		{ "127.0.0.0/8", "loopback" },
		{ "169.254.0.0/16", "link-local" },
		{ "224.0.0.0/4", "multicast" },
		{ "240.0.0.0/4", "reserved" },
		{ "::/8", "unspecified, loopback and mapped" },
		{ "fe80::/10", "link-local" },
		{ "ff00::/8", "multicast" },
		{ NET_HOST_V6 "/128", "the host's own" },
	};
	struct net_cidr r;
	size_t i;

	for (i = 0; i < sizeof(reserved) / sizeof(reserved[0]); i++)
		if (net_cidr_parse(reserved[i].cidr, &r) == 0 &&
		    net_cidr_overlaps(c, &r))
			return reserved[i].what;
	return NULL;
}

static int pair_error(struct pod_error *reterr, const char *text,
	const char *why)
{
	int r = err_set(reterr, -EINVAL, POD_STAGE_NETWORK, text,
		"read pod CIDR", "%s", why);

	err_hint(reterr, "write it as 10.245.0.0/16 or "
		"10.245.0.0/16,fd00:10:245::/64");
	return r;
}

static int pair_add(const char *text, struct net_cidr *v4,
	struct net_cidr *v6, struct pod_error *reterr)
{
	struct net_cidr c, *slot;
	const char *what;

	if (net_cidr_parse(text, &c) < 0)
		return pair_error(reterr, text, "not an address, a slash and "
			"a prefix length with all host bits zero");
	slot = c.addr.family == AF_INET ? v4 : v6;
	if (slot->addr.family != AF_UNSPEC)
		return pair_error(reterr, text,
			"the second CIDR of the same family");
	what = cidr_reserved_for(&c);
	if (what)
		return err_set(reterr, -EINVAL, POD_STAGE_NETWORK, text,
			"read pod CIDR", "overlaps %s addresses", what);
	if (net_cidr_capacity(&c) == 0)
		return pair_error(reterr, text, "too small for any pod");
	*slot = c;
	return 0;
}

int net_cidr_pair_parse(const char *text, struct net_cidr *ret4,
	struct net_cidr *ret6, struct pod_error *reterr)
{
	struct net_cidr v4 = { 0 }, v6 = { 0 };
	char copy[2 * CIDR_TEXT + 1];
	char *comma;
	int r;

	if (!str_copy(copy, sizeof(copy), text))
		return pair_error(reterr, text, "too long");
	comma = strchr(copy, ',');
	if (comma)
		*comma = '\0';
	r = pair_add(copy, &v4, &v6, reterr);
	if (r == 0 && comma)
		r = pair_add(comma + 1, &v4, &v6, reterr);
	if (r < 0)
		return r;
	*ret4 = v4;
	*ret6 = v6;
	return 0;
}

uint64_t net_cidr_capacity(const struct net_cidr *c)
{
	unsigned int host_bits;
	uint64_t total;

	if (c->addr.family == AF_UNSPEC)
		return 0;
	host_bits = addr_bits(&c->addr) - c->prefix;
	if (host_bits > 24)
		return CAPACITY_MAX;
	total = 1ULL << host_bits;
	return total > RESERVED ? total - RESERVED : 0;
}

int net_cidr_nth(const struct net_cidr *c, uint64_t index,
	struct net_addr *ret)
{
	struct net_addr a = c->addr;
	unsigned char *b;
	unsigned int i, sum;
	uint64_t carry;

	if (index >= net_cidr_capacity(c))
		return -ERANGE;
	carry = index + RESERVED_LOW;
	b = a.family == AF_INET ? (unsigned char *)&a.v4 : a.v6.s6_addr;
	for (i = addr_bits(&a) / 8; carry && i-- > 0; carry >>= 8) {
		sum = b[i] | (unsigned int)(carry & 0xff);
		b[i] = (unsigned char)sum;
	}
	*ret = a;
	return 0;
}

/* FNV-1a: an IPv6-only pod's address in the four bytes a MAC has room for. */
static uint32_t addr_fold(const struct net_addr *a)
{
	const unsigned char *b = addr_bytes(a);
	uint32_t h = 2166136261U;
	unsigned int i;

	for (i = 0; i < addr_bits(a) / 8; i++)
		h = (h ^ b[i]) * 16777619U;
	return h;
}

void net_link_macs(struct net_link *link)
{
	/* 0x02 is the "locally administered" bit, 0x01 would be multicast. */
	static const unsigned char host_oui[2] = { 0x06, 0x70 };
	static const unsigned char pod_oui[2] = { 0x02, 0x70 };
	uint32_t low;

	if (link->v4.family == AF_INET)
		low = link->v4.v4.s_addr;
	else if (link->v6.family == AF_INET6)
		low = htonl(addr_fold(&link->v6));
	else
		low = 0;
	memcpy(link->host_mac, host_oui, sizeof(host_oui));
	memcpy(link->host_mac + 2, &low, sizeof(low));
	memcpy(link->pod_mac, pod_oui, sizeof(pod_oui));
	memcpy(link->pod_mac + 2, &low, sizeof(low));
}
