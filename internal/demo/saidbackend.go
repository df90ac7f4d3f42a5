package demo

// seedBackendSaid is what is said to the questions for backend developers.
var seedBackendSaid = map[string]seedSaid{
	"be-pool": {mistakes: []string{"400", "60", "26.7", "15"}},
	"be-list": {criteria: []seedCriterion{
		{"name", []seedLevel{
			{0, "A missing index on the customers table.", "An index does not change the number of queries."},
			{1, "Lazy loading: the ORM fetches each customer only when it is touched.", "The right mechanism, though not the name that was asked for."},
			{2, "The n + 1 selects anti-pattern, one list query plus one per row.", "Names the pattern in other words."},
		}},
	}},
	"be-lost-update": {criteria: []seedCriterion{
		{"diagnosis", []seedLevel{
			{0, "The database locks the row, so the second update has to wait and the stock ends at 3, which is correct.", "The lock orders the two updates; it does not make the second one aware of the first."},
			{1, "The stock ends at 6 or at 7, depending on who saves last, although it should be 3.", "The right result. Why the isolation level allows it is not said."},
			{2, "The stock ends at 6 or 7 instead of 3. READ COMMITTED only promises that each statement reads committed data; the number 10 was read earlier, in another statement, and nothing checks that it still holds when the update runs.", "Result and reason are both right and clearly put."},
		}},
		{"remedies", []seedLevel{
			{0, "I would put both statements into a try block and repeat them if an error occurs.", "There is no error to catch: both updates succeed."},
			{1, "Let the database do the arithmetic: UPDATE stock SET quantity = quantity - 3 WHERE product_id = 1.", "One remedy, and a good one. A second was asked for."},
			{2, "Either let the database compute, SET quantity = quantity - 3 with AND quantity >= 3, or read with SELECT … FOR UPDATE, so that the second clerk waits for the first.", "Two remedies that work, and the guard against a negative stock is there."},
			{3, "One: SET quantity = quantity - 3 WHERE quantity >= 3, and zero rows mean that there is not enough. Two: a version column in the WHERE clause; zero rows mean that somebody was faster, and the clerk is shown the new number. SELECT … FOR UPDATE also works, if the transaction is short.", "Several remedies, each with what the loser of the race sees."},
		}},
		{"choice", []seedLevel{
			{0, "", "Nothing is said about when to choose which."},
			{1, "I prefer optimistic locking because locks are slow.", "A preference, not yet a reason that follows from the case."},
			{2, "For a plain subtraction I take the arithmetic in the database, as it needs no lock between statements. If a person edits several fields in a form for minutes, I take the version column, because no lock may be held while somebody thinks. A row lock is right when the decision needs several rows and takes milliseconds.", "Chooses by how long the decision takes and who makes it: what we hoped for."},
		}},
	}},
	"be-slow-query": {criteria: []seedCriterion{
		{"measure", []seedLevel{
			{0, "I would add an index on the orders table and more memory to the database server.", "A change before any measurement; it may hide the cause."},
			{1, "First I look at the slow query log to find the query that takes 4 seconds.", "A good first look, at one source only."},
			{2, "I take one slow and one fast customer and compare: number of orders, timing of each step in a trace, and the query log. Then I ask what changed on Monday: a release, an import, statistics, traffic.", "Compares a slow with a fast case, and asks what changed."},
		}},
		{"explain", []seedLevel{
			{0, "", "No word on why only some customers are slow."},
			{1, "I run EXPLAIN ANALYZE on the query and look for a sequential scan.", "Uses the plan; the difference between customers stays open."},
			{2, "I run EXPLAIN (ANALYZE, BUFFERS) for both customers with their real parameters. If the plans differ, the planner's estimate is off for large customers, for example because statistics are stale after an import; if they are the same, the large customers simply read more rows and need a limit or a better index.", "A theory that explains the slow and the fast customers alike."},
		}},
		{"change", []seedLevel{
			{0, "Then I would move the page to a NoSQL database, as these scale better.", "Does not follow from anything found."},
			{1, "Depending on the finding I run ANALYZE or create the missing index concurrently.", "Fitting changes. How you know that they worked is missing."},
			{2, "I refresh the statistics or create the index with CONCURRENTLY, one change at a time, and compare the same two customers before and after. Then I add an alarm on the 95th percentile of this page, because a customer told us and not a graph.", "One change at a time, proven on the same cases, with an alarm for the next time."},
		}},
	}},
	"be-webhooks": {criteria: []seedCriterion{
		{"durable", []seedLevel{
			{0, "When an order changes, the handler posts the event to the customer's URL before it answers.", "A crash or a slow endpoint here loses the event or blocks our own user."},
			{1, "After saving the order the service publishes the event to a message queue, and workers send it.", "The crash between saving and publishing loses the event."},
			{2, "The event row is written in the same transaction as the change, an outbox. A worker reads the outbox and delivers; a row is done only after a 2xx reply is recorded, so a crash at any point means a repetition and never a loss.", "An outbox, and the right conclusion: repetition instead of loss."},
		}},
		{"isolated", []seedLevel{
			{0, "", "Nothing on retries or on slow endpoints."},
			{1, "Failed deliveries are retried with exponential backoff up to five times.", "Back-off is right; one slow endpoint still holds the shared workers."},
			{2, "Each endpoint has its own queue and a limit on deliveries in flight, a short timeout, and retries with growing, jittered pauses for about three days. After that the endpoint is switched off, its owner gets a mail, and the events stay readable for redelivery.", "Isolation, jitter, an end and a way back: complete."},
		}},
		{"contract", []seedLevel{
			{0, "The body is the order as JSON.", "The receiver cannot tell our message from a forged or repeated one."},
			{1, "Each request carries an HMAC signature over the body with a secret per endpoint.", "The signature is right. Repetition and order are left to chance."},
			{2, "Each message has a stable id for deduplication, a timestamp inside the signature against replay, and a sequence number, as order across retries is not promised. The documentation says at least once, and there is a feed to catch up from.", "Says honestly what is promised, and gives the means to live with it."},
		}},
	}},
	"be-disagree": {criteria: []seedCriterion{
		{"stakes", []seedLevel{
			{0, "I usually get along with everybody, so I rarely disagree.", "No concrete case."},
			{1, "My lead wanted to write our own scheduler and I thought we should use an existing one.", "A real case; the other side's reasons are missing."},
			{2, "My lead wanted to write our own scheduler, because the existing ones could not pause jobs per customer. I was afraid of maintaining it with three people, two of whom were about to leave.", "Both sides' reasons are there, fairly put."},
		}},
		{"conduct", []seedLevel{
			{0, "In the end I just built it my way and showed it when it was finished.", "Went around the people who had to decide."},
			{1, "I said in the meeting that I saw it differently and explained why.", "Spoke up. Nothing was tested or written down."},
			{2, "I asked for two days to try pausing with the existing scheduler, wrote one page with the cost of both ways, and asked my lead to correct it before the team read it.", "Tested the claim, wrote it down, and let the other side check it."},
		}},
		{"end", []seedLevel{
			{0, "", "How it ended is not said."},
			{1, "We took the existing scheduler in the end and it works.", "There is an end; what was learned stays open."},
			{2, "We kept the existing scheduler with a small table for pauses. My lead was right on one point: the upgrade a year later cost us a week. Since then I ask what the other side has seen that I have not.", "Names where the other side was right, and what changed since."},
		}},
	}},
	"be-explain": {criteria: []seedCriterion{
		{"plain", []seedLevel{
			{0, "This is due to the TTL of the CDN edge nodes and eventual consistency.", "The colleague will have to ask somebody else what this means."},
			{1, "The page is cached, that means it is stored for a while, so the old price was still stored.", "Understandable, with one term that needed explaining."},
			{2, "To be fast, the shop keeps a copy of each page and shows that copy for up to ten minutes before it makes a new one. The customer saw a copy from just before the change.", "A colleague without our vocabulary understands this at once."},
		}},
		{"correct", []seedLevel{
			{0, "It was probably the customer's browser.", "Not true, and it puts the fault on the customer."},
			{1, "It is not a bug, it works as built.", "True as far as it goes. What does the customer pay?"},
			{2, "So it works as we built it. What counts is the price in the basket: it is read fresh, so nobody pays a price that is no longer valid without seeing it.", "True, and answers the question behind the question."},
		}},
		{"helpful", []seedLevel{
			{0, "", "The colleague still has no words for the customer."},
			{1, "Let me know if it happens again.", "Friendly, but nothing to pass on."},
			{2, "You could write: 'Prices on product pages can be up to ten minutes old; the price in your basket is always current.' If ten minutes is too long for price changes, I can ask the team to renew those pages at once; shall I?", "Words to pass on, and a next step with a question."},
		}},
	}},
}
