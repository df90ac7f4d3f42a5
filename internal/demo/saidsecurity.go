package demo

// seedSecuritySaid is what is said to the questions for product security engineers.
var seedSecuritySaid = map[string]seedSaid{
	"ps-object": {criteria: []seedCriterion{
		{"name", []seedLevel{
			{0, "Session hijacking.", "The attacker uses their own session."},
			{1, "The server checks that somebody is signed in, but not whether the invoice is theirs.", "An exact description, without the name."},
			{2, "An insecure direct object reference: object-level authorization is missing.", "Named in full."},
		}},
	}},
	"ps-code": {mistakes: []string{"0.000005", "0.005", "0.00005", "5", "0.05"}},
	"ps-upload": {criteria: []seedCriterion{
		{"scope", []seedLevel{
			{0, "I would install a virus scanner and allow only PDF and images.", "Measures before it is clear what is protected."},
			{1, "We protect the customers' documents from other customers.", "The main asset. Where the data crosses into our trust is missing."},
			{2, "We protect the documents from other customers, our support staff's sessions, and the worker's network access. Trust changes at three places: the upload, the preview worker that parses foreign bytes, and the browser of whoever opens the file.", "Assets and boundaries, with the worker and the support staff among them."},
		}},
		{"threats", []seedLevel{
			{0, "Viruses, hackers, denial of service, phishing.", "Words, not threats to this feature."},
			{1, "Somebody could upload an HTML file that runs scripts in our origin, or open a file of another customer by its id.", "Two real threats. Which comes first, and why?"},
			{2, "First, script in our origin: an SVG or HTML file that opens in a supporter's session is easy and gives access to everything. Second, files of other customers by guessed ids: easy, and each case is reportable. Third, the preview worker: parsers of PDF have a long list of flaws, and it runs on our network.", "Three threats, ordered by ease and harm."},
		}},
		{"answers", []seedLevel{
			{0, "", "No measures are tied to the threats."},
			{1, "Files are served from a separate domain with Content-Disposition: attachment and nosniff.", "Good measures; what stays open is not said."},
			{2, "A separate domain without cookies, with nosniff, for the first; a query that starts from the customer for the second; a worker without network, with limits, one process for each file, for the third. We accept that a customer's own staff can send each other harmful files, and say so; scanning lowers that but does not end it.", "Fits the threats one by one, and names what is accepted."},
		}},
	}},
	"ps-leak": {criteria: []seedCriterion{
		{"revoke", []seedLevel{
			{0, "I make sure that the commit is really gone from the history with a force push.", "The key was public for twenty minutes: it must be taken as known."},
			{1, "We rewrite the history, and then rotate the key.", "Right step, wrong order: each minute counts for the key, none for the history."},
			{2, "The key counts as stolen, because scanners read public pushes within a minute. I disable it at once. If production uses it, I first create the new one, put it in place, and then disable the old one, in minutes and not in hours.", "Takes the key as stolen, and thinks of what depends on it."},
		}},
		{"look", []seedLevel{
			{0, "", "Whether anybody used the key is not asked."},
			{1, "I check the cloud provider's audit log for the key.", "The right place. For what, and for how long?"},
			{2, "In the audit log I look for every call by this key since the push, from addresses that are not ours, and above all for new users, keys, roles and machines in unusual regions, since an intruder would leave a way back. If I find any, it is an incident with all that follows, and the clock for notification runs.", "Looks for persistence, and knows when it becomes a reportable incident."},
		}},
		{"prevent", []seedLevel{
			{0, "I remind everybody not to commit secrets.", "Was known before."},
			{1, "We add a secret scanner to the pipeline.", "Useful, though at that point the push has happened."},
			{2, "Scanning before the push and on the server, short-lived credentials from the identity provider instead of keys, and narrow permissions, so that the next leak is worth less. I thank the colleague for telling us within twenty minutes, in front of the team, because that is what I want to see again.", "Lowers likelihood and harm, and protects the reporting."},
		}},
	}},
	"ps-pushback": {criteria: []seedCriterion{
		{"understand", []seedLevel{
			{0, "I would inform the head of security, who can stop the release.", "Power before persuasion; it works once."},
			{1, "I would ask why the lead thinks so.", "A good question. What is done with the answer?"},
			{2, "I first check whether I am right: how would it be exploited, by whom, what is gained? Then I ask what depends on Friday. Twice the lead knew of a control that I had overlooked.", "Open to being wrong, and curious about Friday."},
		}},
		{"show", []seedLevel{
			{0, "It violates our policy, so it has to be fixed.", "True, and convinces nobody."},
			{1, "I explain what an attacker could do with it and rate it with CVSS.", "Clear. Seeing would convince sooner than a score."},
			{2, "On a test account I showed it in two minutes: with one changed number I read another customer's contracts. Then I named the customers who would leave over that.", "A demonstration, and a consequence that the lead cares about."},
		}},
		{"offer", []seedLevel{
			{0, "", "The lead is left with a yes or a no."},
			{1, "I offer to help with the fix.", "Help is good; is there a smaller step for Friday?"},
			{2, "We switched the one endpoint off behind a flag for Friday and I sent the patch with a test. The rest became a ticket with an owner and a date; had they refused, the lead would have signed the risk by name, with a date to look at it again.", "A small step for Friday, the rest owned; and risk acceptance as a last resort."},
		}},
	}},
}
