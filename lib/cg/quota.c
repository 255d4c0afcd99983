/* SPDX-License-Identifier: MIT */
/*
 * cg/quota.c - Kubernetes' CPU figures in cgroup v2's.
 *
 * Pure arithmetic; touches no file.
 */
#include "cg/cg.h"

#include <math.h>

#define SHARES_MIN 2u
#define SHARES_MAX 262144u
#define QUOTA_MIN_USEC 1000u	/* the kernel refuses less */

uint64_t cg_shares_from_milli(int64_t milli)
{
	int64_t shares;

	if (milli <= 0)
		return SHARES_MIN;
	if (__builtin_mul_overflow(milli, 1024, &shares))
		return SHARES_MAX;
	shares /= 1000;
	if (shares < SHARES_MIN)
		return SHARES_MIN;
	return shares > SHARES_MAX ? SHARES_MAX : (uint64_t)shares;
}

/*
 * The curve of crun 1.23 and runc 1.3.2: through (2, 1), (1024, 100) and
 * (262144, 10000), so that one CPU of request weighs what a cgroup weighs
 * by default. The margin keeps the exact points exact: 1024 is 10^2, which
 * rounding may have become a little more.
 */
uint64_t cg_weight_from_shares(uint64_t shares)
{
	double l, exponent;

	if (shares <= SHARES_MIN)
		return 1;
	if (shares >= SHARES_MAX)
		return 10000;
	l = log2((double)shares);
	exponent = (l * l + 125.0 * l) / 612.0 - 7.0 / 34.0;
	return (uint64_t)ceil(pow(10.0, exponent) - 1e-9);
}

uint64_t cg_quota_from_milli(int64_t milli)
{
	int64_t quota;

	if (milli <= 0)
		return QUOTA_MIN_USEC;
	if (__builtin_mul_overflow(milli, (int64_t)CG_PERIOD_USEC, &quota))
		return UINT64_MAX / 1000;
	quota /= 1000;
	return quota < QUOTA_MIN_USEC ? QUOTA_MIN_USEC : (uint64_t)quota;
}
