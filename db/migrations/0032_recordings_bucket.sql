-- Recordings that are copied into an object store: the disk is not all that there is.

ALTER TABLE platform.recordings_disk
  ADD COLUMN waiting_bytes bigint CHECK (waiting_bytes >= 0),
  ADD COLUMN bucket_fault text CHECK (length(bucket_fault) <= 500);
COMMENT ON COLUMN platform.recordings_disk.waiting_bytes IS 'Not copied into the bucket yet; null: there is none.';
COMMENT ON COLUMN platform.recordings_disk.bucket_fault IS 'Why the bucket does not take them; null: it does.';

DROP FUNCTION platform.note_recordings_disk(bigint, bigint, bigint);
CREATE FUNCTION platform.note_recordings_disk(p_free bigint, p_size bigint, p_dropped bigint, p_waiting bigint, p_fault text)
RETURNS void
LANGUAGE sql SECURITY DEFINER SET search_path = pg_catalog, public, platform, pg_temp
AS $$
  INSERT INTO platform.recordings_disk (free_bytes, size_bytes, dropped, waiting_bytes, bucket_fault, noted_at)
  VALUES (p_free, p_size, p_dropped, p_waiting, left(p_fault, 500), now())
  ON CONFLICT (only_one) DO UPDATE
    SET free_bytes = excluded.free_bytes, size_bytes = excluded.size_bytes, dropped = excluded.dropped,
        waiting_bytes = excluded.waiting_bytes, bucket_fault = excluded.bucket_fault, noted_at = excluded.noted_at
$$;
COMMENT ON FUNCTION platform.note_recordings_disk(bigint, bigint, bigint, bigint, text) IS
  'How full the disk of the recordings is, and how far the bucket has them.';
GRANT EXECUTE ON FUNCTION platform.note_recordings_disk(bigint, bigint, bigint, bigint, text) TO pitview_app;

DROP FUNCTION platform.recordings_forecast();
CREATE FUNCTION platform.recordings_forecast()
RETURNS TABLE (free_bytes bigint, size_bytes bigint, dropped bigint, waiting_bytes bigint, bucket_fault text,
               noted_at timestamptz, recorded_bytes bigint, clip_bytes bigint, bytes_per_day bigint,
               expected_bytes bigint)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, public, platform, pg_temp
AS $$
  WITH of_workshop AS (
    SELECT w.recording_days, sum(r.size_bytes) AS recorded,
           -- A workshop of three days has not recorded seven.
           coalesce(sum(r.size_bytes) FILTER (WHERE r.ended_at > now() - interval '7 days'), 0)
             / greatest(1, least(7, extract(epoch FROM now() - min(r.began_at)) / 86400)) AS per_day
    FROM public.recordings r JOIN public.workshops w ON w.id = r.workshop_id GROUP BY w.id
  ), sums AS (
    SELECT coalesce(sum(recorded), 0)::bigint AS recorded, coalesce(sum(per_day), 0)::bigint AS per_day,
           coalesce(sum(per_day * recording_days), 0)::bigint AS expected FROM of_workshop
  ), kept AS (
    SELECT coalesce(sum(c.size_bytes), 0)::bigint AS bytes FROM public.clips c WHERE c.status = 'ready'
  )
  SELECT d.free_bytes, d.size_bytes, d.dropped, d.waiting_bytes, d.bucket_fault, d.noted_at, s.recorded, k.bytes,
         s.per_day, s.expected + k.bytes
  FROM sums s, kept k LEFT JOIN platform.recordings_disk d ON true
$$;
COMMENT ON FUNCTION platform.recordings_forecast() IS
  'How full the disk of the recordings is, and how full it will be if all workshops go on recording as they did this week.';
GRANT EXECUTE ON FUNCTION platform.recordings_forecast() TO pitview_app;
