package demo

import (
	"github.com/assay-hq/assay/internal/content"
	"github.com/assay-hq/assay/internal/term"
)

// seedInfrastructureQuestions are the questions for infrastructure engineers.
var seedInfrastructureQuestions = []seedQuestion{
	{
		key: "in-container", title: "What containers share", kind: term.SingleChoice, category: term.Technical, level: term.Foundation,
		skills: []string{seedContainers}, seconds: 90,
		prompt: "Two ordinary Linux containers run on one host. What do they share that two virtual machines on one host do not?",
		choices: []seedChoice{
			{"a", "The root file system", false}, {"b", "The running kernel", true}, {"c", "The process table, so that each sees the other's processes", false},
			{"d", "The IP address, always", false},
		},
		criteria: []seedCriterion{{key: "kernel", text: "Knows where the isolation of containers ends", weight: 1, levels: []seedLevel{
			{points: 0, anchor: "Names something that namespaces separate"},
			{points: 1, anchor: "Names the kernel"},
		}}},
		model: "Both containers are groups of processes on the *same kernel*, kept apart by namespaces and limited by cgroups. Each virtual machine " +
			"boots a kernel of its own. That makes containers light, and a flaw in the kernel a way out of all of them.",
		pitfalls:  []string{"Calling a container a small virtual machine"},
		followUps: []content.FollowUp{{When: "The answer is right", Prompt: "A customer wants to run code of their own on our hosts. Is a container enough? What else?"}},
	},
	{
		key: "in-subnet", title: "The size of a network", kind: term.Numeric, category: term.Technical, level: term.Entry,
		skills: []string{seedNetworks}, seconds: 120,
		prompt: "How many IPv4 addresses does the block `10.20.0.0/22` contain, the first and the last included?",
		number: content.NumericKey{Value: "1024", Mode: term.Exact, Unit: "addresses"}, mistakes: []string{"1022", "512", "4096", "256", "2048"},
		criteria: []seedCriterion{{key: "bits", text: "Counts the bits that are left for hosts", weight: 1, levels: []seedLevel{
			{points: 0, anchor: "Another number"},
			{points: 1, anchor: "1024"},
		}}},
		model: "32 − 22 = 10 bits are left, and 2¹⁰ = 1024. The block runs from 10.20.0.0 to 10.20.3.255. How many of them hosts can use is " +
			"another question: classic subnets lose two, and cloud providers take a few more.",
		pitfalls:  []string{"Subtracting the network and broadcast addresses although the question includes them", "Counting a /22 as two blocks of /24 instead of four"},
		followUps: []content.FollowUp{{When: "The number is right", Prompt: "Each node takes 110 addresses for its pods. How many nodes fit, and what would you do before they are full?"}},
	},
	{
		key: "in-probes", title: "Ready, and alive", kind: term.MultipleChoice, category: term.Technical, level: term.Entry,
		skills: []string{seedContainers, seedReliability}, seconds: 180, credit: term.SubtractWrong,
		prompt: "A Kubernetes pod has a readiness and a liveness probe. Which statements are true? Choose all that apply.",
		choices: []seedChoice{
			{"a", "While the readiness probe fails, a Service sends the pod no new connections.", true},
			{"b", "If the readiness probe fails often enough, the container is restarted.", false},
			{"c", "If the liveness probe fails often enough, the container is restarted.", true},
			{"d", "A liveness probe that asks the database can restart every replica when only the database is slow.", true},
			{"e", "A pod without a readiness probe never gets any traffic.", false},
		},
		criteria: []seedCriterion{{key: "difference", text: "Knows what each probe causes", weight: 1, levels: []seedLevel{
			{points: 0, anchor: "Confuses the two"},
			{points: 1, anchor: "Knows the consequence of each, and the danger of deep liveness probes"},
		}}},
		model: "Readiness decides about traffic, liveness about restarts. A liveness probe should ask only whether *this* process is stuck: if it " +
			"depends on something shared, a slow dependency becomes a restart of everything. Without a readiness probe a pod counts as ready as " +
			"soon as its containers run.",
		pitfalls:  []string{"Using one deep check for both probes"},
		followUps: []content.FollowUp{{When: "Statement d was missed", Prompt: "The database is slow for a minute. Follow what each probe does to ten replicas."}},
	},
	{
		key: "in-budget", title: "What three nines leave", kind: term.Numeric, category: term.Technical, level: term.Experienced,
		skills: []string{seedReliability}, seconds: 180,
		prompt: "A service promises 99.9 % availability, measured over 30 days of 24 hours. How many minutes may it be down in that time?",
		number: content.NumericKey{Value: "43.2", Mode: term.Absolute, Tolerance: "0.3", Unit: "minutes"}, mistakes: []string{"4.32", "432", "8.6", "7.2", "86.4"},
		criteria: []seedCriterion{{key: "budget", text: "Turns a target into an amount of time", weight: 1, levels: []seedLevel{
			{points: 0, anchor: "Another amount"},
			{points: 1, anchor: "About 43 minutes"},
		}}},
		model: "30 × 24 × 60 = 43,200 minutes, of which 0.1 % are 43.2. That is the error budget: one bad release that takes 45 minutes to notice " +
			"and roll back uses all of it.",
		pitfalls:  []string{"Moving the decimal point", "Taking the year's budget of almost nine hours"},
		followUps: []content.FollowUp{{When: "The number is right", Prompt: "The budget is used up on the tenth. What changes for the rest of the month, and who decides it?"}},
	},
	{
		key: "in-state", title: "Two engineers, one plan", kind: term.SingleChoice, category: term.Technical, level: term.Experienced,
		skills: []string{seedCode}, seconds: 150,
		prompt: "Two engineers apply the same Terraform configuration from their laptops, each with a state file of their own. What is the change that " +
			"removes the danger in this?",
		choices: []seedChoice{
			{"a", "Commit the state file to the repository and pull before each apply.", false},
			{"b", "Keep the state in a shared backend that locks it during an apply, and apply from the pipeline.", true},
			{"c", "Agree that only one of them applies on a given day.", false},
			{"d", "Run `terraform refresh` before each apply.", false},
		},
		criteria: []seedCriterion{{key: "lock", text: "Knows why state is shared and locked", weight: 1, levels: []seedLevel{
			{points: 0, anchor: "Keeps several states, or relies on discipline"},
			{points: 1, anchor: "One shared, locked state, changed by a pipeline"},
		}}},
		model: "State says which real resource belongs to which line of code. Two states mean duplicates and accidental deletions. A shared backend " +
			"with a lock gives one truth and one writer; the pipeline gives review and a log. A repository has no lock, and state often holds secrets.",
		pitfalls:  []string{"Putting state, with its secrets, under version control"},
		followUps: []content.FollowUp{{When: "The answer is right", Prompt: "Somebody changed a firewall rule by hand in the console. How do you find out, and what do you do?"}},
	},
	{
		key: "in-cache-time", title: "How long a name is remembered", kind: term.ShortText, category: term.Screening, level: term.Entry,
		skills: []string{seedNetworks}, seconds: 90,
		prompt:   "You are about to move a service to another IP address. Which value of its DNS record do you lower a day before, so that resolvers forget the old address quickly?",
		accepted: []string{"TTL", "the TTL", "time to live", "time-to-live", "TTL value", "the time to live"},
		criteria: []seedCriterion{{key: "name", text: "Knows what bounds the caching of a DNS record", weight: 1, levels: []seedLevel{
			{0, "Names something else", "The MX priority of the zone.", "That is about mail."},
			{1, "Means the right thing without its name", "The number of seconds after which resolvers have to ask again.", "The right thing, without its name."},
			{2, "Names it", "its TTL (time to live), e.g. from 86400 down to 60", "Right, with sensible values."},
		}}},
		model:     "The *TTL* (time to live). Lower it at least one old TTL before the move, and raise it again when the move has proven itself.",
		pitfalls:  []string{"Lowering it at the moment of the move, when the old value is still cached everywhere"},
		followUps: []content.FollowUp{{When: "The answer is right", Prompt: "Some clients still use the old address two days later. Why could that be?"}},
	},
	{
		key: "in-latency", title: "Twice as slow since half past two", kind: term.LongText, category: term.Technical, level: term.Experienced,
		skills: []string{seedReliability, seedCollaboration}, seconds: 1200,
		prompt: "It is 14:50. An alarm says that the checkout's 95th percentile has doubled since 14:30. No errors so far. The last release was at " +
			"14:25; a marketing mail went out at 14:28. You are on call. Describe your first thirty minutes.",
		criteria: []seedCriterion{
			{"assess", "Finds out whom it hurts and what changed, before digging", 30, []seedLevel{
				{0, "Digs at once", "I log in to the servers and look through the logs for anything strange.", "Reads logs before knowing what is affected."},
				{1, "Looks at one of effect or change", "I check the dashboard: request rate, errors and latency of the checkout and of its dependencies.", "A sound first look; the two changes at 14:25 and 14:28 are not weighed."},
				{2, "Weighs effect and both changes", "First: do customers abandon the checkout, or is it only slower? Then the two suspects: if the request rate rose with the latency, the mail is likely; if the rate is flat and only pods of the new version are slow, it is the release.", "Effect first, and a test that tells the two suspects apart."},
			}},
			{"act", "Restores service before explaining", 40, []seedLevel{
				{0, "No action, or a reckless one", "I restart the database to clear its connections.", "The riskiest action, without a reason for it."},
				{1, "A sensible action", "I roll back the release to see whether it helps.", "Sensible. What if it was the mail?"},
				{2, "The safest reversible action first, with a fallback", "Rolling back takes three minutes and is safe, so I do it even without proof. If nothing improves in five minutes, I add replicas and check that the database pool is not the real limit, as more replicas would make that worse.", "Reversible first, a time limit, and a warning about the obvious fallback."},
				{3, "As before, and keeps the evidence", "Before rolling back I keep one slow pod out of the load balancer for later, with its profile and a heap dump. The rollback is safe and takes three minutes, so I do not wait for proof. If nothing improves in five minutes I scale out, after looking at the database pool, which could be the real limit.", "Restores the service and still keeps the evidence for the review."},
			}},
			{"tell", "Keeps others in the picture", 30, []seedLevel{
				{0, "Tells nobody", "", "Nobody else knows what is going on."},
				{1, "Tells somebody, once", "I write in the incident channel that I am on it.", "One message. When does the next one come?"},
				{2, "Regular, plain news and clear roles", "At 14:55 I open an incident, write what customers notice, what we try and when the next news comes, every fifteen minutes. I ask a colleague to take over the messages, and I tell marketing to hold the second mail.", "Roles, a rhythm, and the second mail was thought of."},
			}},
		},
		model: "Assess: what do customers notice, is it growing, what changed. Separate the suspects: rate (mail) against version (release). Act with " +
			"the safest reversible step, which is the rollback, with a time limit; keep one slow pod for analysis; then scale with an eye on what all " +
			"replicas share. Tell: open an incident early, say what is known and when the next news comes, stop the second mail. Causes are for " +
			"tomorrow's review.",
		pitfalls: []string{
			"Looking for the cause while customers wait",
			"Adding replicas against a database that is already full",
			"Thirty minutes of silence",
		},
		followUps: []content.FollowUp{
			{When: "No rollback", Prompt: "What would have to be true for you to roll back without proof?"},
			{When: "Nobody is told", Prompt: "It is 15:05. The head of sales asks in the corridor what is going on. What do you wish you had done?"},
		},
	},
	{
		key: "in-release", title: "Design: a release that nobody notices", kind: term.LongText, category: term.SystemDesign, level: term.Senior,
		skills: []string{seedContainers, seedDesign}, seconds: 1200,
		prompt: "A web service runs with six replicas on Kubernetes and one PostgreSQL database. The next release renames a column that every request " +
			"reads. Design the release so that users notice nothing, and so that you can go back at any moment.",
		criteria: []seedCriterion{
			{"schema", "Takes the rename apart so that old and new code both work", 45, []seedLevel{
				{0, "Renames in one step", "A migration job renames the column, then the new version is rolled out quickly.", "Between the two, every replica of the old version fails."},
				{1, "Adds first, without the whole path", "I add the new column first and deploy the code that uses it.", "The right beginning; old rows and old writers are not covered."},
				{2, "Expand, move, contract", "Release 1 adds the new column and writes both. A job copies old rows in small batches. Release 2 reads the new column and still writes both. Only when nothing reads the old one any more, release 3 drops it.", "Expand, move, contract, in the right order."},
			}},
			{"rollout", "Uses the platform so that traffic only reaches what works", 30, []seedLevel{
				{0, "Nothing", "", "Nothing on how the replicas are replaced."},
				{1, "A rolling update", "Kubernetes does a rolling update, so there are always some pods running.", "The default. What tells it that a new pod works?"},
				{2, "Readiness, draining, a small first step", "One replica first, as a canary, with its error rate compared. Pods get traffic only when ready, and on SIGTERM they fail readiness, finish their requests and then exit; maxUnavailable is 0.", "Readiness, draining and a canary with a criterion."},
			}},
			{"back", "Can go back at each step", 25, []seedLevel{
				{0, "Cannot", "If something goes wrong we restore the backup from the night.", "That loses a day of data."},
				{1, "Code only", "We can roll back the deployment with kubectl rollout undo.", "Code goes back; does the schema still fit it?"},
				{2, "Each step is compatible with the one before", "Each step works with the code before and after it, so undoing a deployment is always enough and no data has to be restored. The drop of the old column waits for a week, as it is the only step without a way back.", "Sees which step has no way back, and waits with it."},
			}},
		},
		model: "Expand: add a nullable column, write both. Backfill in batches, with pauses. Switch reads. Stop writing the old column. Contract later. " +
			"Each release must run beside the one before it, because during a rolling update both do. On the platform: readiness, graceful " +
			"termination, `maxUnavailable: 0`, one canary with a criterion. Beware of locks: `ALTER TABLE` with a short `lock_timeout`, and retry.",
		pitfalls: []string{
			"Forgetting that old and new replicas run at the same time",
			"A backfill in one statement that locks or bloats the table",
			"A schema change that waits for a lock while everything queues up behind it",
		},
		followUps: []content.FollowUp{
			{When: "Locks are not mentioned", Prompt: "ALTER TABLE waits behind a long report. What happens to the requests that come after it?"},
			{When: "Everything is covered", Prompt: "How do you know that nothing reads the old column any more?"},
		},
	},
	{
		key: "in-review", title: "A review that changes something", kind: term.LongText, category: term.Culture, level: term.Experienced,
		skills: []string{seedCollaboration, seedReliability}, seconds: 600,
		prompt: "After an outage somebody says: 'It was human error, Kim typed the wrong cluster name. We will be more careful.' You lead the review. " +
			"What do you do with this sentence, and what does a good review leave behind?",
		criteria: []seedCriterion{
			{"people", "Looks behind the error without blame", 50, []seedLevel{
				{0, "Accepts or assigns blame", "I would ask Kim to explain how this could happen and to promise more care.", "Stays with the person; the next person can do the same tomorrow."},
				{1, "Avoids blame", "I would say that we do not blame people here.", "The right attitude, without the questions that follow from it."},
				{2, "Asks why it was easy to do and looked right", "I thank Kim for saying it openly and ask what the screen looked like at that moment: why did the wrong name look right, why did nothing ask back, and how many of us could have typed it?", "Turns from the person to the situation, and keeps Kim willing to talk."},
			}},
			{"result", "Leaves something behind that lowers the risk", 50, []seedLevel{
				{0, "Good intentions", "Everybody should be more careful and read the wiki.", "Nothing will be different next week."},
				{1, "Actions", "We write down action items, such as a confirmation prompt for production.", "A real action; who, and by when?"},
				{2, "Few, owned, checked actions, readable by others", "Two or three actions with a name and a date, one of which makes the mistake impossible, such as production credentials only through the pipeline. The timeline is public in the company, and in a month I check whether the actions were done.", "Few, owned, dated and checked."},
			}},
		},
		model: "'Human error' is where a review begins. Ask what made the action reasonable at that moment, what could have caught it, and what went " +
			"well. Leave: a timeline, contributing conditions, two or three owned and dated actions, at least one of which does not rely on care, " +
			"and a look back at whether they were done.",
		pitfalls:  []string{"Twenty action items", "A root cause, in the singular", "A document that nobody outside the team can read"},
		followUps: []content.FollowUp{{When: "Only procedures are proposed", Prompt: "Which of these would still work at three in the morning?"}},
	},
}
