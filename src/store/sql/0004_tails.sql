-- 0004_tails: what grows with a session, in small parts, so that the reading of its tail writes
-- no more than the tail holds.

-- Fingerprints of the responses that a rollout's records counted, in order, in parts of at most
-- ST_SEEN_MAX (src/store/st_seen.h).
DROP TABLE seen;
CREATE TABLE seen (
	rollout_id INTEGER NOT NULL REFERENCES rollout(id),
	low        INTEGER NOT NULL,  -- none in the part is below; 0 in the first one
	data       BLOB NOT NULL,     -- 64-bit integers
	PRIMARY KEY (rollout_id, low)
) STRICT, WITHOUT ROWID;
UPDATE rollout SET state = NULL;  -- files that grow are read whole once

-- The first samples of rate limits of a thread, in parts of ST_SPAN_PART spans; the last part
-- stands in thread_sum.limits.
CREATE TABLE limit_part (
	thread_id INTEGER NOT NULL,
	nth       INTEGER NOT NULL,   -- from 0
	data      BLOB NOT NULL,      -- src/store/st_span.h
	PRIMARY KEY (thread_id, nth)
) STRICT, WITHOUT ROWID;
INSERT INTO sum_mark SELECT 1, thread_id FROM thread_sum
WHERE NOT EXISTS (SELECT 1 FROM sum_mark WHERE kind = 1 AND id = thread_id);

CREATE TRIGGER turn_sum_changed AFTER UPDATE ON turn_sum BEGIN
	INSERT INTO sum_mark SELECT 2, (NEW.quarter - 95 * (NEW.quarter < 0)) / 96
	WHERE NOT EXISTS (SELECT 1 FROM sum_mark WHERE kind = 2 AND id = (NEW.quarter - 95 * (NEW.quarter < 0)) / 96);
END;
