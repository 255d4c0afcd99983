/* SPDX-License-Identifier: MIT */
/*
 * plan/files.c - the text of the files a pod is given.
 *
 * Knows the formats of hosts(5) and resolv.conf(5) and Kubernetes' rules for
 * merging dnsConfig; knows nothing of where the files go.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/str.h"
#include "plan/block.h"

#define MAX_NAMESERVERS 3
#define MAX_SEARCHES 32
#define MAX_OPTIONS 32

const char *files_hostname(const struct pod_spec *spec, struct arena *a)
{
	const char *name = spec->hostname ? spec->hostname : spec->name;
	size_t len = strlen(name);

	/* the kernel's nodename is 64 bytes, a DNS label 63 */
	if (len > 63) {
		len = 63;
		while (len && (name[len - 1] == '-' || name[len - 1] == '.'))
			len--;
	}
	return arena_strndup(a, name, len);
}

static void aliases(struct strbuf *sb, const struct pod_spec *s)
{
	size_t i, k;

	if (s->n_host_aliases)
		sb_puts(sb, "\n# Entries added by HostAliases.\n");
	for (i = 0; i < s->n_host_aliases; i++) {
		sb_puts(sb, s->host_aliases[i].ip);
		for (k = 0; k < s->host_aliases[i].n_hostnames; k++)
			sb_printf(sb, "\t%s", s->host_aliases[i].hostnames[k]);
		sb_puts(sb, "\n");
	}
}

const char *files_hosts(struct block *b, const char *hostname)
{
	_cleanup_sb_ struct strbuf sb = { 0 };
	const struct pod_spec *s = b->spec;
	const struct net_addr *addrs[2] = { &b->facts->v4, &b->facts->v6 };
	char text[NET_ADDR_TEXT];
	int i;

	if (s->host_network) {
		sb_puts(&sb, b->facts->hosts ? b->facts->hosts : "");
		aliases(&sb, s);
		return sb_result(&sb) < 0 ? NULL :
			arena_strdup(&b->scratch, sb.data ? sb.data : "");
	}
	sb_puts(&sb, "# managed by libpod-core\n"
		     "127.0.0.1\tlocalhost\n"
		     "::1\tlocalhost ip6-localhost ip6-loopback\n"
		     "fe00::0\tip6-localnet\n"
		     "fe00::0\tip6-mcastprefix\n"
		     "fe00::1\tip6-allnodes\n"
		     "fe00::2\tip6-allrouters\n");
	for (i = 0; i < 2; i++) {
		if (!addrs[i]->family)
			continue;
		sb_printf(&sb, "%s\t", net_addr_text(addrs[i], text));
		if (s->subdomain)
			sb_printf(&sb, "%s.%s.%s.svc.cluster.local\t",
				hostname, s->subdomain, s->namespace_);
		sb_printf(&sb, "%s\n", hostname);
	}
	aliases(&sb, s);
	return sb_result(&sb) < 0 ? NULL : arena_strdup(&b->scratch, sb.data);
}

struct resolv {
	const char *nameservers[MAX_NAMESERVERS];
	size_t n_nameservers;
	const char *searches[MAX_SEARCHES];
	size_t n_searches;
	const char *options[MAX_OPTIONS];
	size_t n_options;
};

static void add_unique(const char **list, size_t *count, size_t max,
	const char *value)
{
	size_t i;

	for (i = 0; i < *count; i++)
		if (str_eq(list[i], value))
			return;
	if (*count < max)
		list[(*count)++] = value;
}

/* The last "search" line counts, as in the resolver. */
static int parse_resolv(struct arena *a, const char *text, struct resolv *r)
{
	char *copy = arena_strdup(a, text), *line, *save = NULL;

	if (!copy)
		return -1;
	for (line = strtok_r(copy, "\n", &save); line;
		line = strtok_r(NULL, "\n", &save)) {
		char *words = NULL, *key = strtok_r(line, " \t\r", &words), *w;

		if (!key || *key == '#' || *key == ';')
			continue;
		if (str_eq(key, "search") || str_eq(key, "domain"))
			r->n_searches = 0;
		while ((w = strtok_r(NULL, " \t\r", &words))) {
			if (str_eq(key, "nameserver"))
				add_unique(r->nameservers, &r->n_nameservers,
					MAX_NAMESERVERS, w);
			else if (str_eq(key, "search") ||
				str_eq(key, "domain"))
				add_unique(r->searches, &r->n_searches,
					MAX_SEARCHES, w);
			else if (str_eq(key, "options"))
				add_unique(r->options, &r->n_options,
					MAX_OPTIONS, w);
		}
	}
	return 0;
}

/* An option of dnsConfig replaces the base's of the same name. */
static void add_option(struct arena *a, struct resolv *r,
	const struct spec_dns_option *o)
{
	const char *text = o->value && *o->value ?
		arena_printf(a, "%s:%s", o->name, o->value) : o->name;
	size_t n = strlen(o->name), i;

	for (i = 0; text && i < r->n_options; i++)
		if (strncmp(r->options[i], o->name, n) == 0 &&
			(r->options[i][n] == ':' || !r->options[i][n])) {
			r->options[i] = text;
			return;
		}
	if (text)
		add_unique(r->options, &r->n_options, MAX_OPTIONS, text);
}

const char *files_resolv_conf(struct block *b)
{
	_cleanup_sb_ struct strbuf sb = { 0 };
	const struct pod_spec *s = b->spec;
	struct resolv r = { .n_nameservers = 0 };
	size_t i;

	/*
	 * No cluster DNS on a node alone: ClusterFirst is the node's own
	 * resolver, as a kubelet without clusterDNS does it.
	 */
	if (s->dns_policy != SPEC_DNS_NONE &&
		parse_resolv(&b->scratch,
			b->facts->resolv_conf ? b->facts->resolv_conf : "",
			&r) < 0)
		return NULL;
	for (i = 0; i < s->n_nameservers; i++)
		add_unique(r.nameservers, &r.n_nameservers, MAX_NAMESERVERS,
			s->nameservers[i]);
	for (i = 0; i < s->n_searches; i++)
		add_unique(r.searches, &r.n_searches, MAX_SEARCHES,
			s->searches[i]);
	for (i = 0; i < s->n_dns_options; i++)
		add_option(&b->scratch, &r, &s->dns_options[i]);
	for (i = 0; i < r.n_nameservers; i++)
		sb_printf(&sb, "nameserver %s\n", r.nameservers[i]);
	for (i = 0; i < r.n_searches; i++)
		sb_printf(&sb, "%s%s", i ? " " : "search ", r.searches[i]);
	if (r.n_searches)
		sb_puts(&sb, "\n");
	for (i = 0; i < r.n_options; i++)
		sb_printf(&sb, "%s%s", i ? " " : "options ", r.options[i]);
	if (r.n_options)
		sb_puts(&sb, "\n");
	return sb_result(&sb) < 0 ? NULL :
		arena_strdup(&b->scratch, sb.data ? sb.data : "");
}
