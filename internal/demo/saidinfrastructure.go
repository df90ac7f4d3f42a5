package demo

// seedInfrastructureSaid is what is said to the questions for infrastructure engineers.
var seedInfrastructureSaid = map[string]seedSaid{
	"in-subnet": {mistakes: []string{"1022", "512", "4096", "256", "2048"}},
	"in-budget": {mistakes: []string{"4.32", "432", "8.6", "7.2", "86.4"}},
	"in-cache-time": {criteria: []seedCriterion{
		{"name", []seedLevel{
			{0, "The MX priority of the zone.", "That is about mail."},
			{1, "The number of seconds after which resolvers have to ask again.", "The right thing, without its name."},
			{2, "its TTL (time to live), e.g. from 86400 down to 60", "Right, with sensible values."},
		}},
	}},
	"in-latency": {criteria: []seedCriterion{
		{"assess", []seedLevel{
			{0, "I log in to the servers and look through the logs for anything strange.", "Reads logs before knowing what is affected."},
			{1, "I check the dashboard: request rate, errors and latency of the checkout and of its dependencies.", "A sound first look; the two changes at 14:25 and 14:28 are not weighed."},
			{2, "First: do customers abandon the checkout, or is it only slower? Then the two suspects: if the request rate rose with the latency, the mail is likely; if the rate is flat and only pods of the new version are slow, it is the release.", "Effect first, and a test that tells the two suspects apart."},
		}},
		{"act", []seedLevel{
			{0, "I restart the database to clear its connections.", "The riskiest action, without a reason for it."},
			{1, "I roll back the release to see whether it helps.", "Sensible. What if it was the mail?"},
			{2, "Rolling back takes three minutes and is safe, so I do it even without proof. If nothing improves in five minutes, I add replicas and check that the database pool is not the real limit, as more replicas would make that worse.", "Reversible first, a time limit, and a warning about the obvious fallback."},
			{3, "Before rolling back I keep one slow pod out of the load balancer for later, with its profile and a heap dump. The rollback is safe and takes three minutes, so I do not wait for proof. If nothing improves in five minutes I scale out, after looking at the database pool, which could be the real limit.", "Restores the service and still keeps the evidence for the review."},
		}},
		{"tell", []seedLevel{
			{0, "", "Nobody else knows what is going on."},
			{1, "I write in the incident channel that I am on it.", "One message. When does the next one come?"},
			{2, "At 14:55 I open an incident, write what customers notice, what we try and when the next news comes, every fifteen minutes. I ask a colleague to take over the messages, and I tell marketing to hold the second mail.", "Roles, a rhythm, and the second mail was thought of."},
		}},
	}},
	"in-release": {criteria: []seedCriterion{
		{"schema", []seedLevel{
			{0, "A migration job renames the column, then the new version is rolled out quickly.", "Between the two, every replica of the old version fails."},
			{1, "I add the new column first and deploy the code that uses it.", "The right beginning; old rows and old writers are not covered."},
			{2, "Release 1 adds the new column and writes both. A job copies old rows in small batches. Release 2 reads the new column and still writes both. Only when nothing reads the old one any more, release 3 drops it.", "Expand, move, contract, in the right order."},
		}},
		{"rollout", []seedLevel{
			{0, "", "Nothing on how the replicas are replaced."},
			{1, "Kubernetes does a rolling update, so there are always some pods running.", "The default. What tells it that a new pod works?"},
			{2, "One replica first, as a canary, with its error rate compared. Pods get traffic only when ready, and on SIGTERM they fail readiness, finish their requests and then exit; maxUnavailable is 0.", "Readiness, draining and a canary with a criterion."},
		}},
		{"back", []seedLevel{
			{0, "If something goes wrong we restore the backup from the night.", "That loses a day of data."},
			{1, "We can roll back the deployment with kubectl rollout undo.", "Code goes back; does the schema still fit it?"},
			{2, "Each step works with the code before and after it, so undoing a deployment is always enough and no data has to be restored. The drop of the old column waits for a week, as it is the only step without a way back.", "Sees which step has no way back, and waits with it."},
		}},
	}},
	"in-review": {criteria: []seedCriterion{
		{"people", []seedLevel{
			{0, "I would ask Kim to explain how this could happen and to promise more care.", "Stays with the person; the next person can do the same tomorrow."},
			{1, "I would say that we do not blame people here.", "The right attitude, without the questions that follow from it."},
			{2, "I thank Kim for saying it openly and ask what the screen looked like at that moment: why did the wrong name look right, why did nothing ask back, and how many of us could have typed it?", "Turns from the person to the situation, and keeps Kim willing to talk."},
		}},
		{"result", []seedLevel{
			{0, "Everybody should be more careful and read the wiki.", "Nothing will be different next week."},
			{1, "We write down action items, such as a confirmation prompt for production.", "A real action; who, and by when?"},
			{2, "Two or three actions with a name and a date, one of which makes the mistake impossible, such as production credentials only through the pipeline. The timeline is public in the company, and in a month I check whether the actions were done.", "Few, owned, dated and checked."},
		}},
	}},
}
