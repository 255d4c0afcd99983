/* SPDX-License-Identifier: MIT */
/*
 * front/hook.c - tables of probes and lifecycle hooks.
 *
 * Knows the fields; nothing runs them yet, so they are only checked.
 */
#include "front/table.h"

static const struct front_field exec_fields[] = {
	F_CHECK("command", STRINGS),
};
static const struct front_type exec_type = { FRONT_TYPE_FIELDS(exec_fields) };

static const struct front_field header_fields[] = {
	F_CHECK("name", STRING),
	F_CHECK("value", STRING),
};
static const struct front_type header_type = {
	FRONT_TYPE_FIELDS(header_fields),
};

static const struct front_field http_get_fields[] = {
	F_CHECK("path", STRING),
	F_CHECK("port", INT_OR_STRING),
	F_CHECK("host", STRING),
	F_CHECK("scheme", STRING),
	F_CHECK("httpHeaders", LIST, .type = &header_type),
};
static const struct front_type http_get_type = {
	FRONT_TYPE_FIELDS(http_get_fields),
};

static const struct front_field tcp_socket_fields[] = {
	F_CHECK("port", INT_OR_STRING),
	F_CHECK("host", STRING),
};
static const struct front_type tcp_socket_type = {
	FRONT_TYPE_FIELDS(tcp_socket_fields),
};

static const struct front_field grpc_fields[] = {
	F_CHECK("port", INT),
	F_CHECK("service", STRING),
};
static const struct front_type grpc_type = { FRONT_TYPE_FIELDS(grpc_fields) };

static const struct front_field probe_fields[] = {
	F_CHECK("exec", OBJECT, .type = &exec_type),
	F_CHECK("httpGet", OBJECT, .type = &http_get_type),
	F_CHECK("tcpSocket", OBJECT, .type = &tcp_socket_type),
	F_CHECK("grpc", OBJECT, .type = &grpc_type),
	F_CHECK("initialDelaySeconds", INT),
	F_CHECK("timeoutSeconds", INT),
	F_CHECK("periodSeconds", INT),
	F_CHECK("successThreshold", INT),
	F_CHECK("failureThreshold", INT),
	F_CHECK("terminationGracePeriodSeconds", INT),
};
const struct front_type front_probe_type = { FRONT_TYPE_FIELDS(probe_fields) };

static const struct front_field sleep_fields[] = {
	F_CHECK("seconds", INT),
};
static const struct front_type sleep_type = {
	FRONT_TYPE_FIELDS(sleep_fields),
};

static const struct front_field handler_fields[] = {
	F_CHECK("exec", OBJECT, .type = &exec_type),
	F_CHECK("httpGet", OBJECT, .type = &http_get_type),
	F_CHECK("tcpSocket", OBJECT, .type = &tcp_socket_type),
	F_CHECK("sleep", OBJECT, .type = &sleep_type),
};
static const struct front_type handler_type = {
	FRONT_TYPE_FIELDS(handler_fields),
};

static const struct front_field lifecycle_fields[] = {
	F_CHECK("postStart", OBJECT, .type = &handler_type),
	F_CHECK("preStop", OBJECT, .type = &handler_type),
	F_CHECK("stopSignal", STRING),
};
const struct front_type front_lifecycle_type = {
	FRONT_TYPE_FIELDS(lifecycle_fields),
};
