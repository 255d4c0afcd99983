/* SPDX-License-Identifier: MIT */
/*
 * node/status_json.c - a status as the "status" of a Kubernetes Pod.
 *
 * Pure. Knows the API's field names; knows nothing of supervisors. Fields
 * this node has no meaning for (imageID, hostIP) are left out.
 */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#include "base/err.h"
#include "base/str.h"
#include "node/status.h"

const char *node_time_text(int64_t usec, char *buf)
{
	time_t seconds = (time_t)(usec / 1000000);
	struct tm tm;

	buf[0] = '\0';
	if (usec > 0 && gmtime_r(&seconds, &tm))
		(void)strftime(buf, NODE_TIME_TEXT, "%Y-%m-%dT%H:%M:%SZ", &tm);
	return buf;
}

static void set_time(json_t *o, const char *key, int64_t usec)
{
	char text[NODE_TIME_TEXT];

	if (usec > 0)
		(void)json_object_set_new(o, key,
			json_string(node_time_text(usec, text)));
}

/* Text a container may have written: what is no UTF-8 is escaped. */
static json_t *text_value(const char *text)
{
	json_t *o = json_string(text);
	char buf[2048];

	if (o)
		return o;
	(void)str_escape(buf, sizeof(buf), text);
	return json_string(buf);
}

static void set_text(json_t *o, const char *key, const char *text)
{
	if (text[0])
		(void)json_object_set_new(o, key, text_value(text));
}

static json_t *terminated(const struct pod_termination *t,
	const char *message)
{
	json_t *o = json_pack("{s:i}", "exitCode", t->exit_code);

	if (t->signal)
		(void)json_object_set_new(o, "signal", json_integer(t->signal));
	set_text(o, "reason", t->reason);
	set_text(o, "message", message);
	set_time(o, "startedAt", t->started_usec);
	set_time(o, "finishedAt", t->finished_usec);
	return json_pack("{s:o}", "terminated", o);
}

static json_t *state_object(const struct pod_container_status *c)
{
	json_t *o;

	if (c->state == POD_TERMINATED)
		return terminated(&c->termination, c->message);
	o = json_object();
	if (c->state == POD_CONTAINER_RUNNING) {
		set_time(o, "startedAt", c->started_usec);
		return json_pack("{s:o}", "running", o);
	}
	set_text(o, "reason", c->reason);
	set_text(o, "message", c->message);
	return json_pack("{s:o}", "waiting", o);
}

static json_t *container_object(const struct pod_container_status *c)
{
	return json_pack("{s:o, s:o, s:s, s:b, s:b, s:I, s:o, s:o}", "name",
		text_value(c->name), "image", text_value(c->image), "imageID", "", "ready", c->ready,
		"started", c->started, "restartCount",
		(json_int_t)c->restart_count, "state", state_object(c),
		"lastState",
		c->has_last ? terminated(&c->last_termination, "")
			    : json_object());
}

static void add_containers(json_t *o, const struct pod_status *s)
{
	json_t *init = json_array(), *regular = json_array();
	uint32_t i;

	for (i = 0; i < s->count; i++)
		(void)json_array_append_new(
			s->containers[i].kind == POD_KIND_REGULAR ? regular
								  : init,
			container_object(&s->containers[i]));
	if (json_array_size(init))
		(void)json_object_set(o, "initContainerStatuses", init);
	json_decref(init);
	(void)json_object_set_new(o, "containerStatuses", regular);
}

static void add_condition(json_t *list, const char *type, bool yes,
	const char *reason, const char *message, int64_t since_usec)
{
	json_t *o = json_pack(
		"{s:s, s:s}", "type", type, "status", yes ? "True" : "False");

	set_time(o, "lastTransitionTime", since_usec);
	set_text(o, "reason", reason);
	set_text(o, "message", message);
	(void)json_array_append_new(list, o);
}

/* "containers with unready status: [a b]" */
static void unready_text(const struct pod_status *s, struct strbuf *sb)
{
	const char *separator = "";
	uint32_t i;

	sb_puts(sb, "containers with unready status: [");
	for (i = 0; i < s->count; i++) {
		const struct pod_container_status *c = &s->containers[i];

		if (c->kind == POD_KIND_INIT || c->ready)
			continue;
		sb_puts(sb, separator);
		sb_puts(sb, c->name);
		separator = " ";
	}
	sb_puts(sb, "]");
}

static json_t *conditions(const struct pod_status *s)
{
	_cleanup_sb_ struct strbuf unready = { 0 };
	bool initialized = node_status_is_initialized(s);
	bool ready = node_status_is_ready(s);
	const char *reason = "", *message = "";
	json_t *list = json_array();

	if (s->phase == POD_SUCCEEDED) {
		reason = "PodCompleted";
	} else if (s->phase == POD_FAILED) {
		reason = "PodFailed";
	} else if (!ready) {
		reason = "ContainersNotReady";
		unready_text(s, &unready);
		if (sb_result(&unready) < 0) {
			json_decref(list);
			return NULL;
		}
		message = unready.data;
	}
	add_condition(list, "PodScheduled", true, "", "", s->created_usec);
	add_condition(list, "PodReadyToStartContainers", s->created, "", "",
		s->created_usec);
	add_condition(list, "Initialized", initialized,
		s->phase == POD_SUCCEEDED ? "PodCompleted"
		: initialized		  ? ""
					  : "ContainersNotInitialized",
		"", 0);
	add_condition(list, "ContainersReady", ready, reason, message, 0);
	add_condition(list, "Ready", ready, reason, message, 0);
	return list;
}

static void add_addresses(json_t *o, const struct pod_status *s)
{
	json_t *list;

	if (!s->ip4[0] && !s->ip6[0])
		return;
	list = json_array();
	set_text(o, "podIP", s->ip4[0] ? s->ip4 : s->ip6);
	if (s->ip4[0])
		(void)json_array_append_new(
			list, json_pack("{s:s}", "ip", s->ip4));
	if (s->ip6[0])
		(void)json_array_append_new(
			list, json_pack("{s:s}", "ip", s->ip6));
	(void)json_object_set_new(o, "podIPs", list);
}

json_t *node_status_json(const struct pod_status *s)
{
	json_t *o = json_object(), *list;

	set_text(o, "phase", pod_phase_name(s->phase));
	set_text(o, "reason", s->reason);
	set_text(o, "message", s->last_error.message);
	set_time(o, "startTime",
		s->started_usec ? s->started_usec : s->created_usec);
	add_addresses(o, s);
	list = conditions(s);
	if (!list) {
		json_decref(o);
		return NULL;
	}
	(void)json_object_set_new(o, "conditions", list);
	add_containers(o, s);
	return o;
}

int pod_status_to_json(const struct pod_status *status, char **ret,
	struct pod_error *reterr)
{
	json_t *o = node_status_json(status);
	char *text = o ? json_dumps(o, JSON_COMPACT) : NULL;

	json_decref(o);
	if (!text)
		return err_code(reterr, -ENOMEM, POD_STAGE_STATE, status->name,
			"write the status as JSON");
	*ret = text;
	return 0;
}
