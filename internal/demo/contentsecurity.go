package demo

import (
	"github.com/assay-hq/assay/internal/content"
	"github.com/assay-hq/assay/internal/term"
)

// seedSecurityQuestions are the questions for product security engineers.
var seedSecurityQuestions = []seedQuestion{
	{
		key: "ps-injection", title: "The fix that ends SQL injection", kind: term.SingleChoice, category: term.Technical, level: term.Foundation,
		skills: []string{seedSecurity}, seconds: 90,
		prompt: "A search function builds its SQL by joining strings with the user's input. Which change removes the flaw instead of making it harder to use?",
		choices: []seedChoice{
			{"a", "Remove quotes and semicolons from the input.", false},
			{"b", "Put a web application firewall in front of the function.", false},
			{"c", "Pass the input as a parameter of a prepared statement.", true},
			{"d", "Limit the input to 40 characters.", false},
		},
		criteria: []seedCriterion{{key: "separate", text: "Knows that data must be kept apart from code", weight: 1, levels: []seedLevel{
			{points: 0, anchor: "Chooses a filter or a limit"},
			{points: 1, anchor: "Chooses parameters"},
		}}},
		model: "With a parameter the statement is parsed before the input arrives, so that no input can change its structure. Filters and firewalls " +
			"raise the effort; numeric fields need no quotes at all, and short payloads exist. Names of columns cannot be parameters: choose " +
			"them from a list.",
		pitfalls:  []string{"Trusting a list of forbidden characters"},
		followUps: []content.FollowUp{{When: "The answer is right", Prompt: "The user also chooses the column to sort by. How do you handle that?"}},
	},
	{
		key: "ps-object", title: "Somebody else's invoice", kind: term.ShortText, category: term.Screening, level: term.Entry,
		skills: []string{seedSecurity}, seconds: 120,
		prompt: "A signed-in customer opens `/invoices/1043`, changes the number in the address to 1044, and sees another customer's invoice. What is this " +
			"class of flaw called?",
		accepted: []string{
			"IDOR", "insecure direct object reference", "insecure direct object references", "BOLA", "broken object level authorization",
			"broken access control", "insecure direct object reference (IDOR)", "broken object-level authorization",
		},
		criteria: []seedCriterion{{key: "name", text: "Recognizes missing authorization for the object itself", weight: 1, levels: []seedLevel{
			{0, "Names something else", "Session hijacking.", "The attacker uses their own session."},
			{1, "Describes it without a name", "The server checks that somebody is signed in, but not whether the invoice is theirs.", "An exact description, without the name."},
			{2, "Names it, also in other words", "An insecure direct object reference: object-level authorization is missing.", "Named in full."},
		}}},
		model: "*Insecure direct object reference*, today mostly listed as broken object-level authorization or broken access control. The fix is a " +
			"check on the server for each object, best by a query that starts from the customer. Random ids make guessing harder and are no substitute.",
		pitfalls:  []string{"Proposing unguessable ids as the fix"},
		followUps: []content.FollowUp{{When: "The class is recognized", Prompt: "How would you make sure that no endpoint of this product has it?"}},
	},
	{
		key: "ps-script", title: "A comment that runs", kind: term.MultipleChoice, category: term.Technical, level: term.Experienced,
		skills: []string{seedSecurity}, seconds: 240, credit: term.AllOrNothing,
		prompt: "A forum shows users' comments and turns out to have stored cross-site scripting. Which measures prevent it, or limit what a script that " +
			"slipped in can do? Choose all that apply.",
		choices: []seedChoice{
			{"a", "Encode the comment for the context in which it is shown.", true},
			{"b", "A Content-Security-Policy that allows scripts only with a nonce.", true},
			{"c", "The HttpOnly attribute on the session cookie.", true},
			{"d", "TLS on every page.", false},
			{"e", "Hashing passwords with a slow function.", false},
		},
		criteria: []seedCriterion{{key: "layers", text: "Tells prevention and containment from what does not matter here", weight: 1, levels: []seedLevel{
			{points: 0, anchor: "Misses a layer, or names a protection against something else"},
			{points: 1, anchor: "Names the encoding, the policy and the cookie attribute, and nothing else"},
		}}},
		model: "Encoding for the context removes the flaw. A strict policy stops most of what slips through. HttpOnly keeps the cookie from being read, " +
			"though a script can still act as the user on the page. TLS protects the way, not the page; password hashes matter after a theft of the database.",
		pitfalls:  []string{"Believing that HttpOnly makes cross-site scripting harmless"},
		followUps: []content.FollowUp{{When: "The answer is right", Prompt: "The forum must allow bold text and links. What changes?"}},
	},
	{
		key: "ps-code", title: "Guessing a six-digit code", kind: term.Numeric, category: term.Technical, level: term.Experienced,
		skills: []string{seedSecurity, seedThreats}, seconds: 180,
		prompt: "A sign-in code has six random decimal digits. The server allows five attempts and then makes the code invalid. What is the probability, " +
			"**in percent**, that an attacker who guesses at random, without repeating a guess, gets in with one code?",
		number: content.NumericKey{Value: "0.0005", Mode: term.Relative, Tolerance: "1", Unit: "%"}, mistakes: []string{"0.000005", "0.005", "0.00005", "5", "0.05"},
		criteria: []seedCriterion{{key: "odds", text: "Works out the odds of online guessing", weight: 1, levels: []seedLevel{
			{points: 0, anchor: "Another number"},
			{points: 1, anchor: "Five in a million, as a percentage"},
		}}},
		model: "Five of 1,000,000 codes: 0.000005, which is 0.0005 %. For one code that is little. An attacker who may ask for a new code 10,000 times " +
			"gets in with a chance of about 5 %, so that requests for codes need a limit too.",
		pitfalls:  []string{"Giving the fraction instead of the percentage"},
		followUps: []content.FollowUp{{When: "The number is right", Prompt: "The attacker tries one code at each of a million accounts. Which limit helps now?"}},
	},
	{
		key: "ps-upload", title: "Design: modelling the threats of an upload", kind: term.LongText, category: term.SystemDesign, level: term.Senior,
		skills: []string{seedThreats, seedDesign}, seconds: 1500,
		prompt: "A product team wants business customers to upload PDF and image files, which colleagues at the same customer, and our support, can open in " +
			"the browser. A worker makes previews. Model the threats: what do we protect, what can go wrong, which three threats would you deal with " +
			"first, and what do you accept?",
		criteria: []seedCriterion{
			{"scope", "Says what is protected, and where trust changes hands", 30, []seedLevel{
				{0, "Begins with measures", "I would install a virus scanner and allow only PDF and images.", "Measures before it is clear what is protected."},
				{1, "Names assets or boundaries", "We protect the customers' documents from other customers.", "The main asset. Where the data crosses into our trust is missing."},
				{2, "Assets and boundaries", "We protect the documents from other customers, our support staff's sessions, and the worker's network access. Trust changes at three places: the upload, the preview worker that parses foreign bytes, and the browser of whoever opens the file.", "Assets and boundaries, with the worker and the support staff among them."},
			}},
			{"threats", "Finds the threats that matter and chooses among them", 40, []seedLevel{
				{0, "A list without weight", "Viruses, hackers, denial of service, phishing.", "Words, not threats to this feature."},
				{1, "Fitting threats without an order", "Somebody could upload an HTML file that runs scripts in our origin, or open a file of another customer by its id.", "Two real threats. Which comes first, and why?"},
				{2, "Three fitting threats, in an order with reasons", "First, script in our origin: an SVG or HTML file that opens in a supporter's session is easy and gives access to everything. Second, files of other customers by guessed ids: easy, and each case is reportable. Third, the preview worker: parsers of PDF have a long list of flaws, and it runs on our network.", "Three threats, ordered by ease and harm."},
			}},
			{"answers", "Measures that fit, and what is accepted", 30, []seedLevel{
				{0, "None", "", "No measures are tied to the threats."},
				{1, "Measures", "Files are served from a separate domain with Content-Disposition: attachment and nosniff.", "Good measures; what stays open is not said."},
				{2, "Measures for each, and the rest named", "A separate domain without cookies, with nosniff, for the first; a query that starts from the customer for the second; a worker without network, with limits, one process for each file, for the third. We accept that a customer's own staff can send each other harmful files, and say so; scanning lowers that but does not end it.", "Fits the threats one by one, and names what is accepted."},
			}},
		},
		model: "Assets: documents, sessions of those who open them (support above all), the worker's access. Boundaries: upload, parser, browser. First: active " +
			"content in our origin (separate cookieless domain, nosniff, attachment or sandbox); object-level authorization (query from the tenant, " +
			"short-lived links); parser compromise (sandbox, no network, limits, disposable). Further: zip bombs and quotas, file names, metadata with " +
			"personal data, logs. Accepted: harmful documents between colleagues of one customer.",
		pitfalls: []string{
			"A list of measures without a threat",
			"Forgetting SVG, which is an image and a program",
			"Trusting the content type that the browser sent",
		},
		followUps: []content.FollowUp{
			{When: "The worker is not mentioned", Prompt: "What could a malicious PDF do on the machine that makes previews?"},
			{When: "Everything is covered", Prompt: "The team has one week. Which of your measures must be there on the first day?"},
		},
	},
	{
		key: "ps-leak", title: "A key in a public repository", kind: term.LongText, category: term.Technical, level: term.Experienced,
		skills: []string{seedSecurity, seedReliability}, seconds: 900,
		prompt: "A colleague writes: 'I pushed a cloud access key to our public repository twenty minutes ago, and have just deleted the commit.' What do you " +
			"do in the next hour, and what in the next weeks?",
		criteria: []seedCriterion{
			{"revoke", "Makes the key useless first", 40, []seedLevel{
				{0, "Cleans up the repository", "I make sure that the commit is really gone from the history with a force push.", "The key was public for twenty minutes: it must be taken as known."},
				{1, "Rotates, at some point", "We rewrite the history, and then rotate the key.", "Right step, wrong order: each minute counts for the key, none for the history."},
				{2, "Revokes at once, knowing what breaks", "The key counts as stolen, because scanners read public pushes within a minute. I disable it at once. If production uses it, I first create the new one, put it in place, and then disable the old one, in minutes and not in hours.", "Takes the key as stolen, and thinks of what depends on it."},
			}},
			{"look", "Finds out whether it was used", 35, []seedLevel{
				{0, "Does not look", "", "Whether anybody used the key is not asked."},
				{1, "Looks at the log", "I check the cloud provider's audit log for the key.", "The right place. For what, and for how long?"},
				{2, "Looks for use and for what an intruder leaves behind", "In the audit log I look for every call by this key since the push, from addresses that are not ours, and above all for new users, keys, roles and machines in unusual regions, since an intruder would leave a way back. If I find any, it is an incident with all that follows, and the clock for notification runs.", "Looks for persistence, and knows when it becomes a reportable incident."},
			}},
			{"prevent", "Makes the next one less likely and less harmful", 25, []seedLevel{
				{0, "An appeal", "I remind everybody not to commit secrets.", "Was known before."},
				{1, "A check", "We add a secret scanner to the pipeline.", "Useful, though at that point the push has happened."},
				{2, "Several layers, and thanks", "Scanning before the push and on the server, short-lived credentials from the identity provider instead of keys, and narrow permissions, so that the next leak is worth less. I thank the colleague for telling us within twenty minutes, in front of the team, because that is what I want to see again.", "Lowers likelihood and harm, and protects the reporting."},
			}},
		},
		model: "Disable the key now (replace it first if production depends on it). Read the audit log for use and for persistence. Decide whether it is an " +
			"incident with duties to notify. Then the history, which matters least. In the weeks after: push protection, short-lived credentials, least " +
			"privilege, alarms on unusual use, and thanks for the quick report.",
		pitfalls:  []string{"Rewriting history first", "Believing that a deleted commit was not seen", "Blame, so that the next colleague says nothing"},
		followUps: []content.FollowUp{{When: "Persistence is not mentioned", Prompt: "The key was disabled after half an hour. Is an intruder who used it out?"}},
	},
	{
		key: "ps-pushback", title: "'Nobody would ever do that'", kind: term.LongText, category: term.Behavioral, level: term.Experienced,
		skills: []string{seedCollaboration, seedThreats}, seconds: 600,
		prompt: "You report a flaw. The team's lead answers: 'Nobody would ever do that, and the release is on Friday.' Tell us about a situation like this, " +
			"or how you would handle it.",
		criteria: []seedCriterion{
			{"understand", "Takes the objection seriously", 35, []seedLevel{
				{0, "Escalates or insists", "I would inform the head of security, who can stop the release.", "Power before persuasion; it works once."},
				{1, "Listens", "I would ask why the lead thinks so.", "A good question. What is done with the answer?"},
				{2, "Listens, and checks its own claim", "I first check whether I am right: how would it be exploited, by whom, what is gained? Then I ask what depends on Friday. Twice the lead knew of a control that I had overlooked.", "Open to being wrong, and curious about Friday."},
			}},
			{"show", "Makes the risk tangible", 35, []seedLevel{
				{0, "Quotes a rule", "It violates our policy, so it has to be fixed.", "True, and convinces nobody."},
				{1, "Explains", "I explain what an attacker could do with it and rate it with CVSS.", "Clear. Seeing would convince sooner than a score."},
				{2, "Shows it, in the team's terms", "On a test account I showed it in two minutes: with one changed number I read another customer's contracts. Then I named the customers who would leave over that.", "A demonstration, and a consequence that the lead cares about."},
			}},
			{"offer", "Offers a way that lets Friday happen", 30, []seedLevel{
				{0, "None", "", "The lead is left with a yes or a no."},
				{1, "Helps", "I offer to help with the fix.", "Help is good; is there a smaller step for Friday?"},
				{2, "A small step now, the rest owned and dated", "We switched the one endpoint off behind a flag for Friday and I sent the patch with a test. The rest became a ticket with an owner and a date; had they refused, the lead would have signed the risk by name, with a date to look at it again.", "A small step for Friday, the rest owned; and risk acceptance as a last resort."},
			}},
		},
		model: "Check the claim, listen to the constraint, show the flaw instead of asserting it, offer the smallest safe step that keeps the date, and help with " +
			"the rest. If the risk is taken, somebody with the authority takes it by name, with a date. Escalate in the open, as the last step.",
		pitfalls:  []string{"Winning Friday and losing the team", "Calling everything critical"},
		followUps: []content.FollowUp{{When: "Escalation comes first", Prompt: "You got your way. What does the team tell you about its next design?"}},
	},
}
