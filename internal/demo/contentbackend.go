package demo

import (
	"github.com/assay-hq/assay/internal/content"
	"github.com/assay-hq/assay/internal/term"
)

// seedBackendQuestions are the questions for backend developers.
var seedBackendQuestions = []seedQuestion{
	{
		key: "be-retry", title: "A payment whose reply was lost", kind: term.SingleChoice, category: term.Technical, level: term.Entry,
		skills: []string{seedAPIs, seedDistributed}, seconds: 150,
		prompt: "A client sends `POST /payments`, and the connection breaks before a reply arrives. The client cannot know whether the payment " +
			"was made. Which design lets it try again without ever charging twice?",
		choices: []seedChoice{
			{"a", "The client waits a minute and sends the same request again.", false},
			{"b", "The client sends a key of its own making with the request. The server stores the key and the outcome in the transaction that " +
				"makes the payment, and answers a repetition with the stored outcome.", true},
			{"c", "The server refuses a second payment of the same amount by the same customer on the same day.", false},
			{"d", "The client sends `PUT /payments` instead, because PUT is idempotent.", false},
		},
		criteria: []seedCriterion{{key: "safe", text: "Knows what makes a creating request safe to repeat", weight: 1, levels: []seedLevel{
			{points: 0, anchor: "Chooses a design that charges twice or refuses honest payments"},
			{points: 1, anchor: "Chooses the key that is stored together with the payment"},
		}}},
		model: "The key names the *intention* to pay, so the server can tell a repetition from a second payment. It must be stored in the same " +
			"transaction as the payment: otherwise a crash between the two brings the problem back. Waiting only changes the odds; a rule about " +
			"amounts refuses customers who really buy twice; and the name of a method changes nothing about what the server does.",
		pitfalls: []string{
			"Believing that the method's name makes the server idempotent",
			"Storing the key before or after the payment, in a transaction of its own",
		},
		followUps: []content.FollowUp{
			{When: "The answer is right", Prompt: "The same key arrives with a different amount. What should the server do?"},
			{When: "The answer is right", Prompt: "How long would you keep the keys, and what decides that?"},
		},
	},
	{
		key: "be-methods", title: "Methods that may be repeated", kind: term.MultipleChoice, category: term.Screening, level: term.Foundation,
		skills: []string{seedAPIs}, seconds: 90, credit: term.SubtractWrong,
		prompt: "Which of these HTTP methods does the HTTP specification define as idempotent, so that a request may be repeated when its reply " +
			"was lost? Choose all that apply.",
		choices: []seedChoice{
			{"get", "GET", true}, {"head", "HEAD", true}, {"put", "PUT", true}, {"delete", "DELETE", true}, {"post", "POST", false}, {"patch", "PATCH", false},
		},
		criteria: []seedCriterion{{key: "set", text: "Tells idempotent methods from the others", weight: 1, levels: []seedLevel{
			{points: 0, anchor: "Confuses idempotent with safe, or guesses"},
			{points: 1, anchor: "Names GET, HEAD, PUT and DELETE, and neither POST nor PATCH"},
		}}},
		model: "GET and HEAD are safe: they ask for no change, and so are idempotent too. PUT and DELETE change something, but a second identical " +
			"request intends the same state as the first. POST and PATCH give no such promise. The second DELETE may well answer 404: the " +
			"*effect* is the same, the reply need not be.",
		pitfalls:  []string{"Leaving out DELETE because the second reply differs", "Taking idempotent to mean that nothing changes"},
		followUps: []content.FollowUp{{When: "DELETE is missing", Prompt: "What is different on the server after the second DELETE?"}},
	},
	{
		key: "be-index", title: "An index that does not lead anywhere", kind: term.SingleChoice, category: term.Technical, level: term.Entry,
		skills: []string{seedDatabases}, seconds: 150,
		prompt: "The table `orders` has one B-tree index beside its primary key, on `(customer_id, created_at)`. For which condition are the " +
			"matching entries **not** one contiguous range of that index?",
		choices: []seedChoice{
			{"a", "`WHERE customer_id = 7`", false},
			{"b", "`WHERE customer_id = 7 AND created_at >= '2026-01-01'`", false},
			{"c", "`WHERE created_at >= '2026-01-01'`", true},
			{"d", "`WHERE customer_id = 7 ORDER BY created_at DESC LIMIT 20`", false},
		},
		criteria: []seedCriterion{{key: "order", text: "Knows that a composite index is ordered by its first column first", weight: 1, levels: []seedLevel{
			{points: 0, anchor: "Does not see which condition lacks the leading column"},
			{points: 1, anchor: "Names the condition on the second column alone"},
		}}},
		model: "The index is ordered by customer and, within one customer, by time. A condition on the time alone matches entries that are " +
			"scattered over all customers, so the database reads the whole index, jumps from customer to customer, or scans the table. The other " +
			"three begin with one customer and read neighbouring entries, the last one backwards.",
		pitfalls: []string{"Thinking that an index helps every query that mentions one of its columns"},
		followUps: []content.FollowUp{
			{When: "The answer is right", Prompt: "Reports ask for all orders since a date. Which index would you add, and what does it cost?"},
		},
	},
	{
		key: "be-pool", title: "How many connections are busy", kind: term.Numeric, category: term.Technical, level: term.Experienced,
		skills: []string{seedConcurrency, seedDatabases}, seconds: 180,
		prompt: "A service answers 400 requests per second. Each request holds one database connection for 15 milliseconds on average. How many " +
			"connections are in use at the same time, on average?",
		number: content.NumericKey{Value: "6", Mode: term.Exact, Unit: "connections"}, mistakes: []string{"400", "60", "26.7", "15"},
		criteria: []seedCriterion{{key: "law", text: "Multiplies the rate by the time that each request holds", weight: 1, levels: []seedLevel{
			{points: 0, anchor: "Another number"},
			{points: 1, anchor: "Six connections"},
		}}},
		model: "400 per second × 0.015 s = 6 (Little's law: what is inside equals the rate of arrival times the time inside). A pool needs more " +
			"than six, because arrivals come in bursts and some queries take longer, but the average is where sizing begins. If the " +
			"database slows down to 150 ms, the same load needs 60.",
		pitfalls:  []string{"One connection for each request per second", "Losing a factor of ten between milliseconds and seconds"},
		followUps: []content.FollowUp{{When: "The number is right", Prompt: "The pool has 10 connections and the query time doubles. What do callers notice first?"}},
	},
	{
		key: "be-list", title: "One query too many, many times", kind: term.ShortText, category: term.Technical, level: term.Foundation,
		skills: []string{seedDatabases}, seconds: 90,
		prompt: "A page lists 50 orders. The log shows one query for the list and then 50 queries, one for the customer of each order. What is " +
			"this pattern commonly called?",
		accepted: []string{"N+1", "N+1 query", "N+1 queries", "N+1 problem", "N+1 query problem", "N+1 select problem", "n plus one"},
		criteria: []seedCriterion{{key: "name", text: "Knows the pattern, by its name or by its mechanism", weight: 1, levels: []seedLevel{
			{0, "Names something else", "A missing index on the customers table.", "An index does not change the number of queries."},
			{1, "Describes the mechanism without the name", "Lazy loading: the ORM fetches each customer only when it is touched.", "The right mechanism, though not the name that was asked for."},
			{2, "Names it, also in other words", "The n + 1 selects anti-pattern, one list query plus one per row.", "Names the pattern in other words."},
		}}},
		model: "The *N+1* problem: one query for the list and N for its rows. A join, one `IN (…)` query for all customers, or a batching loader " +
			"makes it two queries whatever N is.",
		pitfalls:  []string{"Adding an index, which makes each of the 50 queries faster and leaves all of them"},
		followUps: []content.FollowUp{{When: "The pattern was recognized", Prompt: "How would you notice it in a review, before it is in production?"}},
	},
	{
		key: "be-consumer", title: "A message that comes twice", kind: term.MultipleChoice, category: term.Technical, level: term.Experienced,
		skills: []string{seedDistributed, seedDatabases}, seconds: 240, credit: term.SubtractEqual,
		prompt: "A queue delivers each message *at least* once. Several consumers book the message's amount to an account in a relational database. " +
			"Which measures, each taken alone, keep a redelivered message from being booked twice? Choose all that apply.",
		choices: []seedChoice{
			{"a", "Insert the message's id into a table with a unique constraint, in the transaction that books the amount; if the id is there, book nothing.", true},
			{"b", "Derive the primary key of the booking from the message's id.", true},
			{"c", "Let each consumer remember the ids of the last 10,000 messages in memory.", false},
			{"d", "Acknowledge the message only after the booking is committed.", false},
			{"e", "Before booking, look for the message's id among the bookings, in a separate transaction.", false},
		},
		criteria: []seedCriterion{{key: "atomic", text: "Ties the memory of the message to the booking itself", weight: 1, levels: []seedLevel{
			{points: 0, anchor: "Relies on timing, on memory or on the queue"},
			{points: 1, anchor: "Chooses exactly the measures that the database enforces in the same commit"},
		}}},
		model: "Only what commits *together with* the booking, and is enforced by a unique key, is safe: (a) and (b). Memory is lost in a restart " +
			"and is not shared between consumers. Acknowledging late is necessary so that nothing is lost, and is the very reason why messages " +
			"come twice. Looking first leaves a gap in which two consumers both find nothing.",
		pitfalls:  []string{"Check, then act, with a gap between the two", "Taking 'acknowledge after commit' for protection against doubles"},
		followUps: []content.FollowUp{{When: "The answer is right", Prompt: "When may the rows with the message ids be deleted?"}},
	},
	{
		key: "be-lost-update", title: "Two clerks and one stock", kind: term.LongText, category: term.Technical, level: term.Experienced,
		skills: []string{seedConcurrency, seedDatabases}, seconds: 900,
		prompt: "Two warehouse clerks open the same product and both see a stock of 10. One books out 3, the other 4. Each program computes the new " +
			"number itself and runs `UPDATE stock SET quantity = <number> WHERE product_id = 1`. The database runs at READ COMMITTED.\n\n" +
			"1. What is the stock afterwards, and why does the isolation level not help?\n" +
			"2. Name two ways to prevent this.\n" +
			"3. When would you choose which?",
		criteria: []seedCriterion{
			{"diagnosis", "Explains the lost update and why READ COMMITTED allows it", 30, []seedLevel{
				{0, "No result, or a wrong one", "The database locks the row, so the second update has to wait and the stock ends at 3, which is correct.", "The lock orders the two updates; it does not make the second one aware of the first."},
				{1, "Gives the result without the reason", "The stock ends at 6 or at 7, depending on who saves last, although it should be 3.", "The right result. Why the isolation level allows it is not said."},
				{2, "Gives the result and the reason", "The stock ends at 6 or 7 instead of 3. READ COMMITTED only promises that each statement reads committed data; the number 10 was read earlier, in another statement, and nothing checks that it still holds when the update runs.", "Result and reason are both right and clearly put."},
			}},
			{"remedies", "Names two remedies that work", 40, []seedLevel{
				{0, "None that works", "I would put both statements into a try block and repeat them if an error occurs.", "There is no error to catch: both updates succeed."},
				{1, "One that works", "Let the database do the arithmetic: UPDATE stock SET quantity = quantity - 3 WHERE product_id = 1.", "One remedy, and a good one. A second was asked for."},
				{2, "Two that work", "Either let the database compute, SET quantity = quantity - 3 with AND quantity >= 3, or read with SELECT … FOR UPDATE, so that the second clerk waits for the first.", "Two remedies that work, and the guard against a negative stock is there."},
				{3, "Two or more, with what happens to the loser of the race", "One: SET quantity = quantity - 3 WHERE quantity >= 3, and zero rows mean that there is not enough. Two: a version column in the WHERE clause; zero rows mean that somebody was faster, and the clerk is shown the new number. SELECT … FOR UPDATE also works, if the transaction is short.", "Several remedies, each with what the loser of the race sees."},
			}},
			{"choice", "Chooses by the situation", 30, []seedLevel{
				{0, "Does not choose", "", "Nothing is said about when to choose which."},
				{1, "Chooses by a general preference", "I prefer optimistic locking because locks are slow.", "A preference, not yet a reason that follows from the case."},
				{2, "Chooses by contention and by what a person must see", "For a plain subtraction I take the arithmetic in the database, as it needs no lock between statements. If a person edits several fields in a form for minutes, I take the version column, because no lock may be held while somebody thinks. A row lock is right when the decision needs several rows and takes milliseconds.", "Chooses by how long the decision takes and who makes it: what we hoped for."},
			}},
		},
		model: "The stock ends at 6 or 7: whoever writes last wins, and the other booking is lost. READ COMMITTED guarantees only that a statement " +
			"sees committed rows; the 10 came from an earlier statement.\n\nWays out: (1) relative update with a guard, " +
			"`SET quantity = quantity - 3 WHERE product_id = 1 AND quantity >= 3`; (2) optimistic check with a version column; (3) a row lock, " +
			"`SELECT … FOR UPDATE`; (4) SERIALIZABLE or REPEATABLE READ with a retry.\n\nThe relative update is best where the change can be " +
			"expressed as arithmetic. A version fits forms that people edit for minutes. A lock fits short decisions over several rows.",
		pitfalls: []string{
			"Believing that being inside a transaction is enough",
			"Holding a row lock while a person fills in a form",
			"Forgetting what the loser of the race is told",
		},
		followUps: []content.FollowUp{
			{When: "Only locks are named", Prompt: "The clerk leaves for lunch with the form open. What happens to your lock?"},
			{When: "Both remedies are right", Prompt: "How would you write a test that fails on the first version of this program?"},
		},
	},
	{
		key: "be-slow-query", title: "Slow since Monday, for some customers", kind: term.LongText, category: term.Technical, level: term.Experienced,
		skills: []string{seedDatabases, seedReliability}, seconds: 900,
		prompt: "A page that lists a customer's orders answered in 50 ms for a year. Since Monday it takes 4 seconds, for *some* customers only. " +
			"Describe how you find the cause and what you change, in the order in which you would do it.",
		criteria: []seedCriterion{
			{"measure", "Narrows the fault down by measuring before touching anything", 35, []seedLevel{
				{0, "Begins with a change", "I would add an index on the orders table and more memory to the database server.", "A change before any measurement; it may hide the cause."},
				{1, "Looks at one source", "First I look at the slow query log to find the query that takes 4 seconds.", "A good first look, at one source only."},
				{2, "Compares slow with fast cases and with what changed on Monday", "I take one slow and one fast customer and compare: number of orders, timing of each step in a trace, and the query log. Then I ask what changed on Monday: a release, an import, statistics, traffic.", "Compares a slow with a fast case, and asks what changed."},
			}},
			{"explain", "Reads the plan and forms a theory that explains why only some are slow", 35, []seedLevel{
				{0, "No theory", "", "No word on why only some customers are slow."},
				{1, "Uses the plan without explaining the difference", "I run EXPLAIN ANALYZE on the query and look for a sequential scan.", "Uses the plan; the difference between customers stays open."},
				{2, "Explains the difference by data or plan", "I run EXPLAIN (ANALYZE, BUFFERS) for both customers with their real parameters. If the plans differ, the planner's estimate is off for large customers, for example because statistics are stale after an import; if they are the same, the large customers simply read more rows and need a limit or a better index.", "A theory that explains the slow and the fast customers alike."},
			}},
			{"change", "Makes the smallest change that fits and proves it", 30, []seedLevel{
				{0, "No change, or one that fits nothing above", "Then I would move the page to a NoSQL database, as these scale better.", "Does not follow from anything found."},
				{1, "A fitting change", "Depending on the finding I run ANALYZE or create the missing index concurrently.", "Fitting changes. How you know that they worked is missing."},
				{2, "A fitting change, proven and kept from coming back", "I refresh the statistics or create the index with CONCURRENTLY, one change at a time, and compare the same two customers before and after. Then I add an alarm on the 95th percentile of this page, because a customer told us and not a graph.", "One change at a time, proven on the same cases, with an alarm for the next time."},
			}},
		},
		model: "Measure first: one slow and one fast customer, a trace of the request, the statement in `pg_stat_statements` or the slow log, and " +
			"what changed on Monday. Compare the plans with real parameters. Common findings: statistics are stale after an import, so that the " +
			"planner misjudges large customers; one customer grew and the page reads all of their rows; an index is unusable or gone; rows are " +
			"locked by a new job. Change one thing, compare again, and leave a measurement behind.",
		pitfalls: []string{
			"Adding an index without having read a plan",
			"Testing with a small customer, or with a literal instead of the parameter",
			"Several changes at once",
		},
		followUps: []content.FollowUp{
			{When: "The plan is not mentioned", Prompt: "How would you find out what the database does during the 4 seconds?"},
			{When: "All points are covered", Prompt: "The plans are equal and fast in your session, yet the page stays slow. What next?"},
		},
	},
	{
		key: "be-webhooks", title: "Design: telling customers' servers", kind: term.LongText, category: term.SystemDesign, level: term.Senior,
		skills: []string{seedDesign, seedDistributed, seedAPIs}, seconds: 1500,
		prompt: "Design the part of a product that tells customers' servers about events by HTTP. Endpoints may be slow, down for hours, or gone " +
			"for ever. No customer may miss an event, and one bad endpoint must not delay the others. Cover how events are stored, how they are " +
			"delivered and retried, and what a customer needs in order to trust and use a message.",
		criteria: []seedCriterion{
			{"durable", "Loses no event between the change and the delivery", 35, []seedLevel{
				{0, "Sends from the request", "When an order changes, the handler posts the event to the customer's URL before it answers.", "A crash or a slow endpoint here loses the event or blocks our own user."},
				{1, "Uses a queue, with a gap", "After saving the order the service publishes the event to a message queue, and workers send it.", "The crash between saving and publishing loses the event."},
				{2, "Writes the event in the same commit", "The event row is written in the same transaction as the change, an outbox. A worker reads the outbox and delivers; a row is done only after a 2xx reply is recorded, so a crash at any point means a repetition and never a loss.", "An outbox, and the right conclusion: repetition instead of loss."},
			}},
			{"isolated", "Keeps endpoints apart and retries sensibly", 35, []seedLevel{
				{0, "One line for all", "", "Nothing on retries or on slow endpoints."},
				{1, "Retries, but together", "Failed deliveries are retried with exponential backoff up to five times.", "Back-off is right; one slow endpoint still holds the shared workers."},
				{2, "Separate lines, back-off, an end", "Each endpoint has its own queue and a limit on deliveries in flight, a short timeout, and retries with growing, jittered pauses for about three days. After that the endpoint is switched off, its owner gets a mail, and the events stay readable for redelivery.", "Isolation, jitter, an end and a way back: complete."},
			}},
			{"contract", "Gives customers what they need to trust and use a message", 30, []seedLevel{
				{0, "Nothing", "The body is the order as JSON.", "The receiver cannot tell our message from a forged or repeated one."},
				{1, "A signature or an id", "Each request carries an HMAC signature over the body with a secret per endpoint.", "The signature is right. Repetition and order are left to chance."},
				{2, "Signature, id and honest promises", "Each message has a stable id for deduplication, a timestamp inside the signature against replay, and a sequence number, as order across retries is not promised. The documentation says at least once, and there is a feed to catch up from.", "Says honestly what is promised, and gives the means to live with it."},
			}},
		},
		model: "*Store*: an outbox row in the commit of the change. *Deliver*: a worker claims due rows per endpoint, with a limit in flight, a " +
			"timeout of a few seconds, and no redirects into private networks. *Retry*: exponential with jitter over hours to days, then a dead " +
			"letter with manual redelivery; switch off endpoints that are gone and tell their owner. *Contract*: at least once, no order " +
			"guarantee, id for deduplication, signature over id, time and body with rotation of secrets, and a feed to catch up.",
		pitfalls: []string{
			"Publishing to the queue after the commit, without an outbox",
			"Promising exactly-once delivery",
			"Forgetting that customer-supplied URLs can point into one's own network",
		},
		followUps: []content.FollowUp{
			{When: "The private network is not mentioned", Prompt: "A customer registers http://169.254.169.254/ as an endpoint. What happens?"},
			{When: "Order is not mentioned", Prompt: "'Order cancelled' arrives before 'order created'. Whose problem is that?"},
		},
	},
	{
		key: "be-disagree", title: "A decision you disagreed with", kind: term.LongText, category: term.Behavioral, level: term.Experienced,
		skills: []string{seedCollaboration}, seconds: 600,
		prompt: "Tell us about a technical decision that you disagreed with. What was at stake, what did you do, and how did it end?",
		criteria: []seedCriterion{
			{"stakes", "Makes the situation and both sides understandable", 30, []seedLevel{
				{0, "No concrete case", "I usually get along with everybody, so I rarely disagree.", "No concrete case."},
				{1, "A case, from one side", "My lead wanted to write our own scheduler and I thought we should use an existing one.", "A real case; the other side's reasons are missing."},
				{2, "A case with the reasons of both sides", "My lead wanted to write our own scheduler, because the existing ones could not pause jobs per customer. I was afraid of maintaining it with three people, two of whom were about to leave.", "Both sides' reasons are there, fairly put."},
			}},
			{"conduct", "Argued with evidence and listened", 40, []seedLevel{
				{0, "Gave in silently or went around people", "In the end I just built it my way and showed it when it was finished.", "Went around the people who had to decide."},
				{1, "Said so", "I said in the meeting that I saw it differently and explained why.", "Spoke up. Nothing was tested or written down."},
				{2, "Tested the argument and wrote it down", "I asked for two days to try pausing with the existing scheduler, wrote one page with the cost of both ways, and asked my lead to correct it before the team read it.", "Tested the claim, wrote it down, and let the other side check it."},
			}},
			{"end", "Carried the outcome and learned from it", 30, []seedLevel{
				{0, "No end", "", "How it ended is not said."},
				{1, "An end", "We took the existing scheduler in the end and it works.", "There is an end; what was learned stays open."},
				{2, "An end and a lesson, also where the other side was right", "We kept the existing scheduler with a small table for pauses. My lead was right on one point: the upgrade a year later cost us a week. Since then I ask what the other side has seen that I have not.", "Names where the other side was right, and what changed since."},
			}},
		},
		model: "A good answer tells of one case with names of things and not of people: what each side wanted and why, what the writer did to find " +
			"out instead of insisting, who decided, and how the writer supported a decision that went the other way. The outcome may be a defeat.",
		pitfalls:  []string{"A story in which everybody else is a fool", "A disagreement that nobody ever heard about"},
		followUps: []content.FollowUp{{When: "The writer won", Prompt: "Tell us about one that you lost. What did you do the day after?"}},
	},
	{
		key: "be-explain", title: "Yesterday's price", kind: term.LongText, category: term.Screening, level: term.Foundation,
		skills: []string{seedCollaboration}, seconds: 480,
		prompt: "The shop keeps product pages in a cache for ten minutes. A colleague in customer support asks: 'A customer saw yesterday's price for " +
			"some minutes after we had changed it. Is that a bug?' Write the reply that you would send.",
		criteria: []seedCriterion{
			{"plain", "Explains without jargon", 40, []seedLevel{
				{0, "Jargon", "This is due to the TTL of the CDN edge nodes and eventual consistency.", "The colleague will have to ask somebody else what this means."},
				{1, "Mostly plain", "The page is cached, that means it is stored for a while, so the old price was still stored.", "Understandable, with one term that needed explaining."},
				{2, "Plain, with a picture or example", "To be fast, the shop keeps a copy of each page and shows that copy for up to ten minutes before it makes a new one. The customer saw a copy from just before the change.", "A colleague without our vocabulary understands this at once."},
			}},
			{"correct", "Says what is true, also about the order", 35, []seedLevel{
				{0, "Wrong or evasive", "It was probably the customer's browser.", "Not true, and it puts the fault on the customer."},
				{1, "True, but leaves the consequence open", "It is not a bug, it works as built.", "True as far as it goes. What does the customer pay?"},
				{2, "True, and says which price counts", "So it works as we built it. What counts is the price in the basket: it is read fresh, so nobody pays a price that is no longer valid without seeing it.", "True, and answers the question behind the question."},
			}},
			{"helpful", "Helps the colleague to answer the customer", 25, []seedLevel{
				{0, "Nothing to do with it", "", "The colleague still has no words for the customer."},
				{1, "An offer", "Let me know if it happens again.", "Friendly, but nothing to pass on."},
				{2, "Words for the customer, and a next step", "You could write: 'Prices on product pages can be up to ten minutes old; the price in your basket is always current.' If ten minutes is too long for price changes, I can ask the team to renew those pages at once; shall I?", "Words to pass on, and a next step with a question."},
			}},
		},
		model: "'Not a bug, but I see why it looks like one. To be fast, the shop shows a stored copy of each page for up to ten minutes. The customer " +
			"saw a copy from before the change. The price in the basket is always read fresh. You can tell them: … If that is too long for price " +
			"changes, we can renew the page when a price changes. Shall I ask?'",
		pitfalls:  []string{"Explaining the cache and forgetting the customer", "Calling it 'expected behaviour' and nothing else"},
		followUps: []content.FollowUp{{When: "The basket is not mentioned", Prompt: "Which of the two prices does the customer pay, and how do you know?"}},
	},
}
