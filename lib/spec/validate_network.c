/* SPDX-License-Identifier: MIT */
/*
 * spec/validate_network.c - checks of dns, host aliases, ports and sysctls.
 *
 * Knows that these become lines of /etc/resolv.conf and /etc/hosts and
 * writes below /proc/sys; knows nothing of how. A blank or a newline in any
 * of them would be a second setting, so each has a closed alphabet.
 */
#include "spec/validate.h"

#include <arpa/inet.h>
#include <string.h>

/*
 * The namespaced sysctls a pod may set by itself; anything else could reach
 * past the pod or starve its neighbours.
 */
static const char *const safe_sysctls[] = {
	"kernel.shm_rmid_forced",
	"net.ipv4.ip_local_port_range",
	"net.ipv4.ip_local_reserved_ports",
	"net.ipv4.ip_unprivileged_port_start",
	"net.ipv4.ping_group_range",
	"net.ipv4.tcp_fin_timeout",
	"net.ipv4.tcp_keepalive_intvl",
	"net.ipv4.tcp_keepalive_probes",
	"net.ipv4.tcp_keepalive_time",
	"net.ipv4.tcp_rmem",
	"net.ipv4.tcp_syncookies",
	"net.ipv4.tcp_wmem",
};

static bool is_ip(const char *s)
{
	struct in6_addr addr;

	return inet_pton(AF_INET, s, &addr) == 1 ||
		inet_pton(AF_INET6, s, &addr) == 1;
}

static bool is_word(const char *s)
{
	if (!*s)
		return false;
	for (; *s; s++)
		if (!(*s >= 'a' && *s <= 'z') && !(*s >= 'A' && *s <= 'Z') &&
			!(*s >= '0' && *s <= '9') && !strchr("-_.", *s))
			return false;
	return true;
}

/* A search path may end in a dot, and "." alone is one. */
static bool is_search_path(const char *s)
{
	char buf[256];
	size_t n = strlen(s);

	if (n == 0 || n >= sizeof(buf))
		return false;
	if (strcmp(s, ".") == 0)
		return true;
	memcpy(buf, s, n + 1);
	if (buf[n - 1] == '.')
		buf[n - 1] = '\0';
	return spec_is_dns_subdomain(buf);
}

static void dns_searches(struct validation *v)
{
	const struct pod_spec *s = v->spec;
	size_t i, bytes = 0;

	if (s->n_searches > SPEC_MAX_SEARCHES)
		vld_error(v, "spec.dnsConfig.searches",
			"%zu search paths: the limit is %d", s->n_searches,
			SPEC_MAX_SEARCHES);
	for (i = 0; i < s->n_searches; i++) {
		bytes += strlen(s->searches[i]) + 1;
		if (!is_search_path(s->searches[i]))
			vld_error(v,
				vld_at(v, "spec.dnsConfig.searches[%zu]", i),
				VLD_TEXT ": must be a domain name",
				s->searches[i]);
	}
	if (bytes > 2048)
		vld_error(v, "spec.dnsConfig.searches",
			"%zu characters: the limit is 2048 for the whole list",
			bytes);
}

void vld_dns(struct validation *v)
{
	const struct pod_spec *s = v->spec;
	size_t i;

	if (s->dns_policy == SPEC_DNS_NONE && !s->n_nameservers)
		vld_error(v, "spec.dnsConfig.nameservers",
			"required: dnsPolicy None needs at least one");
	if (s->n_nameservers > SPEC_MAX_NAMESERVERS)
		vld_error(v, "spec.dnsConfig.nameservers",
			"%zu nameservers: the limit is %d", s->n_nameservers,
			SPEC_MAX_NAMESERVERS);
	for (i = 0; i < s->n_nameservers; i++)
		if (!is_ip(s->nameservers[i]))
			vld_error(v,
				vld_at(v, "spec.dnsConfig.nameservers[%zu]",
					i),
				VLD_TEXT ": must be an IP address",
				s->nameservers[i]);
	dns_searches(v);
	for (i = 0; i < s->n_dns_options; i++) {
		const struct spec_dns_option *o = &s->dns_options[i];

		if (!o->name || !is_word(o->name))
			vld_error(v,
				vld_at(v, "spec.dnsConfig.options[%zu].name",
					i),
				"required: letters, digits, '-', '_', '.'");
		if (o->value && *o->value && !is_word(o->value))
			vld_error(v,
				vld_at(v, "spec.dnsConfig.options[%zu].value",
					i),
				VLD_TEXT ": must be letters, digits, '-', "
				"'_', '.'", o->value);
	}
}

void vld_host_aliases(struct validation *v)
{
	size_t i, k;

	for (i = 0; i < v->spec->n_host_aliases; i++) {
		const struct spec_host_alias *a = &v->spec->host_aliases[i];

		if (!a->ip || !is_ip(a->ip))
			vld_error(v, vld_at(v, "spec.hostAliases[%zu].ip", i),
				VLD_TEXT ": must be an IP address",
				a->ip ? a->ip : "");
		for (k = 0; k < a->n_hostnames; k++)
			if (!spec_is_dns_subdomain(a->hostnames[k]))
				vld_error(v,
					vld_at(v, "spec.hostAliases[%zu]"
						".hostnames[%zu]", i, k),
					VLD_TEXT ": must be a domain name",
					a->hostnames[k]);
	}
}

void vld_sysctls(struct validation *v)
{
	const struct pod_spec *s = v->spec;
	size_t i, k;

	for (i = 0; i < s->n_sysctls; i++) {
		const char *name = s->sysctls[i].key ? s->sysctls[i].key : "";
		const char *value =
			s->sysctls[i].value ? s->sysctls[i].value : "";
		const char *base = "spec.securityContext.sysctls";

		for (k = 0; k < sizeof(safe_sysctls) / sizeof(safe_sysctls[0]);
			k++)
			if (strcmp(name, safe_sysctls[k]) == 0)
				break;
		if (k == sizeof(safe_sysctls) / sizeof(safe_sysctls[0]))
			vld_error(v, vld_at(v, "%s[%zu].name", base, i),
				VLD_TEXT ": is not one of the safe sysctls",
				name);
		else if (s->host_network && strncmp(name, "net.", 4) == 0)
			vld_error(v, vld_at(v, "%s[%zu].name", base, i),
				"%s would change the host: hostNetwork is "
				"true", name);
		else if (s->host_ipc && strncmp(name, "kernel.", 7) == 0)
			vld_error(v, vld_at(v, "%s[%zu].name", base, i),
				"%s would change the host: hostIPC is true",
				name);
		if (!*value || value[strspn(value, "0123456789-, \t")])
			vld_error(v, vld_at(v, "%s[%zu].value", base, i),
				VLD_TEXT ": must be numbers", value);
	}
}

void vld_ports(struct validation *v)
{
	const struct spec_container *c = v->container;
	size_t i, k;

	if (c->n_ports > SPEC_MAX_PORTS)
		return;	/* vld_port_names() has said so */
	for (i = 0; i < c->n_ports; i++) {
		const struct spec_port *p = &c->ports[i];

		if (p->container_port == SPEC_UNSET)
			vld_error(v, vld_in(v, "ports[%zu].containerPort", i),
				"required");
		else if (p->container_port < 1 || p->container_port > 65535)
			vld_error(v, vld_in(v, "ports[%zu].containerPort", i),
				"%lld: must be from 1 to 65535",
				(long long)p->container_port);
		if (p->host_port != SPEC_UNSET &&
			(p->host_port < 1 || p->host_port > 65535))
			vld_error(v, vld_in(v, "ports[%zu].hostPort", i),
				"%lld: must be from 1 to 65535",
				(long long)p->host_port);
		if (p->name && !spec_is_port_name(p->name))
			vld_error(v, vld_in(v, "ports[%zu].name", i),
				VLD_TEXT ": must be lower-case letters, "
				"digits and '-', at most 15, with a letter",
				p->name);
		for (k = 0; k < i; k++)
			if (p->container_port != SPEC_UNSET &&
				c->ports[k].container_port ==
					p->container_port &&
				c->ports[k].protocol == p->protocol)
				break;
		if (k < i)
			vld_error(v, vld_in(v, "ports[%zu].containerPort", i),
				"%lld: duplicate of ports[%zu]",
				(long long)p->container_port, k);
	}
}

/* The container before c (or c itself, before port end) that has the name. */
static const char *port_owner(const struct pod_spec *s, size_t container,
	size_t port, const char *name)
{
	size_t i, k;

	for (i = 0; i <= container; i++) {
		const struct spec_container *c = &s->containers[i];

		for (k = 0; k < (i < container ? c->n_ports : port); k++)
			if (c->ports[k].name &&
				strcmp(c->ports[k].name, name) == 0)
				return c->name ? c->name : "";
	}
	return NULL;
}

void vld_port_names(struct validation *v)
{
	const struct pod_spec *s = v->spec;
	size_t i, k, init = 0, regular = 0, total = 0;

	for (i = 0; i < s->n_containers; i++)
		total += s->containers[i].n_ports;
	if (total > SPEC_MAX_PORTS) {
		vld_too_big(v, "spec.containers",
			"%zu ports: the limit is %d in a pod", total,
			SPEC_MAX_PORTS);
		return;
	}
	for (i = 0; i < s->n_containers; i++) {
		const struct spec_container *c = &s->containers[i];

		v->container = c;
		v->index = c->kind == SPEC_REGULAR ? regular++ : init++;
		for (k = 0; k < c->n_ports; k++) {
			const char *name = c->ports[k].name, *owner;

			owner = name ? port_owner(s, i, k, name) : NULL;
			if (owner)
				vld_error(v, vld_in(v, "ports[%zu].name", k),
					VLD_TEXT ": duplicate, also a port of "
					"container " VLD_TEXT, name, owner);
		}
	}
	v->container = NULL;
}
