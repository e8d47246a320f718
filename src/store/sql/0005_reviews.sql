-- 0005_reviews: few lines stand inside a review, and a review's file asks for all of them.
CREATE INDEX usage_review ON usage(rollout_id) WHERE in_review = 1;
