/* SPDX-License-Identifier: MIT */
/*
 * <pod/status.h> - what is: the state of one pod at one moment.
 *
 * Plain data, one block, owned by the caller, freed with pod_status_free().
 * Names and reasons are Kubernetes' own.
 */
#ifndef POD_STATUS_H
#define POD_STATUS_H

#include <pod/error.h>

#ifdef __cplusplus
extern "C" {
#endif

enum pod_phase { POD_PENDING = 0, POD_RUNNING, POD_SUCCEEDED, POD_FAILED };
enum pod_container_kind { POD_KIND_REGULAR = 0, POD_KIND_INIT,
	POD_KIND_SIDECAR };
enum pod_container_state { POD_WAITING = 0, POD_CONTAINER_RUNNING,
	POD_TERMINATED };

struct pod_termination {
	int32_t exit_code;	/* 128+n when killed by signal n */
	int32_t signal;		/* 0: exited */
	int64_t started_usec, finished_usec;	/* realtime */
	char reason[32];	/* "Completed", "Error", "OOMKilled"... */
};

struct pod_container_status {
	char name[64];
	char image[256];
	int32_t kind;		/* enum pod_container_kind */
	int32_t state;		/* enum pod_container_state */
	int32_t pid;		/* in the caller's PID namespace; 0: none */
	uint32_t restart_count;
	uint64_t start_ticks;	/* field 22 of /proc/PID/stat */
	int64_t started_usec;	/* of the running process */
	int32_t ready, started;
	int32_t has_last;	/* last_termination is filled */
	char reason[32];	/* of waiting */
	char message[256];
	struct pod_termination termination;	/* when POD_TERMINATED */
	struct pod_termination last_termination;
};

struct pod_status {
	uint32_t size;		/* of the whole block in bytes */
	uint32_t count;		/* of containers */
	char uid[64], name[256], namespace_[64], node[64];
	char ip4[46], ip6[46];	/* "" when the pod has none */
	char hostname[65];
	int32_t phase;		/* enum pod_phase */
	int32_t owner_pid;	/* supervisor, or the process of the engine */
	int32_t owner_alive;	/* filled by pod_node_*; 1 in-process */
	int32_t created;	/* sandbox and containers are built */
	int64_t created_usec, started_usec, finished_usec;
	int64_t deletion_usec;	/* deletionTimestamp; 0: not being deleted */
	int64_t deletion_grace_seconds;
	char reason[32];	/* pod-level: "DeadlineExceeded"... */
	char cgroup[256];	/* below the v2 mount, "" none */
	uint64_t ns_net, ns_ipc, ns_uts;	/* inode numbers of the shared */
	struct pod_error last_error;
	struct pod_container_status containers[];
};

POD_API void pod_status_free(struct pod_status *status);
/* The STATUS column of `get pods`: "Running", "Init:0/1", "Completed"... */
POD_API const char *pod_status_word(const struct pod_status *status,
	char *buf, size_t size);
POD_API const char *pod_phase_name(int phase);
/* A Kubernetes Pod status object (the value of "status") as JSON; free(). */
POD_API int pod_status_to_json(const struct pod_status *status, char **ret,
	struct pod_error *reterr);

#ifdef __cplusplus
}
#endif
#endif
