"""四零: what a case cost its customer in trips, documents, approvals and fees, counted by rule."""
