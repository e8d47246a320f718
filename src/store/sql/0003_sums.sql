-- 0003_sums: what reports read instead of facts (derived). Made by src/store/st_sums.c from
-- rows that the triggers below have marked, in the transaction that changed them.

-- What is to be made again.
CREATE TABLE sum_mark (
	kind INTEGER NOT NULL,  -- 1 a thread: its thread_sum and turn_sum, 2 a day: its day_pack
	id   INTEGER NOT NULL,  -- thread, or days of UTC since 1970
	PRIMARY KEY (kind, id)
) STRICT, WITHOUT ROWID;

-- One row a thread: what a list of sessions shows and sorts by. Own lines only.
CREATE TABLE thread_sum (
	thread_id   INTEGER PRIMARY KEY,
	home_id     INTEGER,           -- of its first rollout
	first_ms    INTEGER,
	last_ms     INTEGER,
	dimset_id   INTEGER,           -- of its first usage line or loss
	turns       INTEGER NOT NULL,
	messages    INTEGER NOT NULL,
	calls       INTEGER NOT NULL,
	failures    INTEGER NOT NULL,  -- calls that failed or timed out
	compactions INTEGER NOT NULL,
	peak        INTEGER,           -- fullest context, in thousandths of its window
	limits      BLOB               -- samples of rate limits: src/store/st_span.h
) STRICT;
CREATE INDEX thread_sum_last ON thread_sum(last_ms);

-- Own turns by the quarter-hour that they began in and the dimensions of their first usage line.
CREATE TABLE turn_sum (
	thread_id INTEGER NOT NULL,
	quarter   INTEGER NOT NULL,
	dimset_id INTEGER NOT NULL,    -- 0: not known
	turns     INTEGER NOT NULL,
	PRIMARY KEY (thread_id, quarter, dimset_id)
) STRICT, WITHOUT ROWID;
CREATE INDEX turn_sum_quarter ON turn_sum(quarter);

-- Limits by name and length, each once; 299 minutes stand as 300, 10079 as 10080.
CREATE TABLE limit_key (
	id       INTEGER PRIMARY KEY,
	limit_id TEXT NOT NULL,
	minutes  INTEGER NOT NULL,     -- -1: not logged
	UNIQUE (limit_id, minutes)
) STRICT;

-- The rows of rollup and turn_sum of one day of UTC, packed: src/store/st_day.h.
CREATE TABLE day_pack (
	day  INTEGER PRIMARY KEY,
	data BLOB NOT NULL
) STRICT;

CREATE TRIGGER rollup_new AFTER INSERT ON rollup BEGIN
	INSERT INTO sum_mark SELECT 2, (NEW.quarter - 95 * (NEW.quarter < 0)) / 96
	WHERE NOT EXISTS (SELECT 1 FROM sum_mark WHERE kind = 2 AND id = (NEW.quarter - 95 * (NEW.quarter < 0)) / 96);
	INSERT INTO sum_mark SELECT 1, NEW.thread_id
	WHERE NOT EXISTS (SELECT 1 FROM sum_mark WHERE kind = 1 AND id = NEW.thread_id);
END;
CREATE TRIGGER rollup_changed AFTER UPDATE ON rollup BEGIN
	INSERT INTO sum_mark SELECT 2, (NEW.quarter - 95 * (NEW.quarter < 0)) / 96
	WHERE NOT EXISTS (SELECT 1 FROM sum_mark WHERE kind = 2 AND id = (NEW.quarter - 95 * (NEW.quarter < 0)) / 96);
END;
CREATE TRIGGER rollup_gone AFTER DELETE ON rollup BEGIN
	INSERT INTO sum_mark SELECT 2, (OLD.quarter - 95 * (OLD.quarter < 0)) / 96
	WHERE NOT EXISTS (SELECT 1 FROM sum_mark WHERE kind = 2 AND id = (OLD.quarter - 95 * (OLD.quarter < 0)) / 96);
	INSERT INTO sum_mark SELECT 1, OLD.thread_id
	WHERE NOT EXISTS (SELECT 1 FROM sum_mark WHERE kind = 1 AND id = OLD.thread_id);
END;
CREATE TRIGGER turn_sum_new AFTER INSERT ON turn_sum BEGIN
	INSERT INTO sum_mark SELECT 2, (NEW.quarter - 95 * (NEW.quarter < 0)) / 96
	WHERE NOT EXISTS (SELECT 1 FROM sum_mark WHERE kind = 2 AND id = (NEW.quarter - 95 * (NEW.quarter < 0)) / 96);
END;
CREATE TRIGGER turn_sum_gone AFTER DELETE ON turn_sum BEGIN
	INSERT INTO sum_mark SELECT 2, (OLD.quarter - 95 * (OLD.quarter < 0)) / 96
	WHERE NOT EXISTS (SELECT 1 FROM sum_mark WHERE kind = 2 AND id = (OLD.quarter - 95 * (OLD.quarter < 0)) / 96);
END;
CREATE TRIGGER rollout_new AFTER INSERT ON rollout BEGIN
	INSERT INTO sum_mark SELECT 1, NEW.thread_id
	WHERE NOT EXISTS (SELECT 1 FROM sum_mark WHERE kind = 1 AND id = NEW.thread_id);
END;
CREATE TRIGGER rollout_changed AFTER UPDATE OF thread_id, home_id, lines, first_ms, last_ms, events_seen, own_line ON rollout BEGIN
	INSERT INTO sum_mark SELECT 1, NEW.thread_id
	WHERE NOT EXISTS (SELECT 1 FROM sum_mark WHERE kind = 1 AND id = NEW.thread_id);
	INSERT INTO sum_mark SELECT 1, OLD.thread_id
	WHERE NOT EXISTS (SELECT 1 FROM sum_mark WHERE kind = 1 AND id = OLD.thread_id);
END;
CREATE TRIGGER rollout_gone AFTER DELETE ON rollout BEGIN
	INSERT INTO sum_mark SELECT 1, OLD.thread_id
	WHERE NOT EXISTS (SELECT 1 FROM sum_mark WHERE kind = 1 AND id = OLD.thread_id);
END;
CREATE TRIGGER thread_settled AFTER UPDATE OF dirty ON thread WHEN NEW.dirty = 0 AND OLD.dirty <> 0 BEGIN
	INSERT INTO sum_mark SELECT 1, NEW.id
	WHERE NOT EXISTS (SELECT 1 FROM sum_mark WHERE kind = 1 AND id = NEW.id);
END;

INSERT INTO sum_mark SELECT 1, id FROM thread;
INSERT INTO sum_mark SELECT DISTINCT 2, (quarter - 95 * (quarter < 0)) / 96 FROM rollup;
