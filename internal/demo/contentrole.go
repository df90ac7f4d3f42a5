package demo

import "github.com/assay-hq/assay/internal/term"

// The skills of the demonstration.
const (
	seedAPIs          = "API design"
	seedDatabases     = "Relational databases"
	seedConcurrency   = "Concurrency"
	seedDistributed   = "Distributed systems"
	seedDesign        = "System design"
	seedReliability   = "Reliability and observability"
	seedCode          = "Infrastructure as code"
	seedContainers    = "Containers and orchestration"
	seedNetworks      = "Networking"
	seedSecurity      = "Application security"
	seedThreats       = "Threat modelling"
	seedCollaboration = "Collaboration and communication"
)

// seedSkills are the skills with what is meant by them.
var seedSkills = [][2]string{
	{seedAPIs, "Shapes interfaces that other teams can rely on: clear contracts, safe repetition, errors that help, changes that break nobody."},
	{seedDatabases, "Models data, writes and reads queries and their plans, and chooses indexes, constraints and isolation on purpose."},
	{seedConcurrency, "Sees what can happen at the same time, and makes it correct without making it slow."},
	{seedDistributed, "Reasons about lost, late and repeated messages, and about what several machines can agree on."},
	{seedDesign, "Turns a vague need into parts with clear jobs, and says what each choice costs."},
	{seedReliability, "Knows from the outside what a system does, sets targets for it, and brings it back when it fails."},
	{seedCode, "Describes machines, networks and permissions in reviewed, repeatable code, with its state kept safely."},
	{seedContainers, "Packages programs into images and runs them on a cluster: scheduling, probes, limits, releases."},
	{seedNetworks, "Follows a packet from name to socket: addressing, DNS, TCP, TLS, load balancing."},
	{seedSecurity, "Finds, fixes and prevents the flaws that attackers of applications use."},
	{seedThreats, "Asks what can go wrong before it does, and weighs what to do about it."},
	{seedCollaboration, "Explains plainly, disagrees usefully, writes down what was decided, and leaves others able to go on."},
}

// seedRoles are the job roles of the first organization, in the order of their templates.
var seedRoles = []seedRole{
	{
		title: "Backend Developer", department: "Engineering", location: "Lisbon or remote in Europe", level: term.Experienced,
		summary: "Builds and runs the services behind our booking and warehouse products. You own a service from its first sketch to the " +
			"night when it pages you, in a team of five.",
		responsibilities: []string{
			"Design, build and operate HTTP services and background workers that other teams depend on",
			"Model data in PostgreSQL, and keep queries fast as tables grow",
			"Make work safe to repeat: lost replies, redelivered messages and restarts are everyday events",
			"Review colleagues' designs and code, and write down decisions that last",
			"Share the on-call rota of your own services, and remove the causes of its alarms",
		},
		preferred: []string{
			"Has run a service with more than a hundred requests a second",
			"Has taken a table of millions of rows through a schema change without downtime",
			"Knows Go, or has learned a second backend language at work",
			"Has worked with message queues or change data capture",
		},
		skills: []seedMustHave{
			{seedDatabases, 30, "Reads a query plan, chooses an index for a reason, knows what its isolation level does not prevent."},
			{seedAPIs, 25, "Designs interfaces that survive retries and new versions."},
			{seedDistributed, 20, "Handles at-least-once delivery and partial failure without guessing."},
			{seedConcurrency, 15, "Recognizes a race in a review, and removes it with the cheapest correct tool."},
			{seedCollaboration, 10, "Writes so that a colleague in another time zone can go on."},
		},
		template: seedTemplate{
			name: "Backend Developer: core assessment", cut: 60, feedback: term.FeedbackSections,
			instructions: "Answer in your own words. Where a question asks for an explanation, the reasons count for more than the right term. " +
				"You may look things up as you would at work; please do not have the answers written for you.",
			sections: []seedSection{
				{"Interfaces and data", "Short questions with one right answer or a set of them.", 20, []seedSlot{
					{"be-retry", 10}, {"be-methods", 10}, {"be-index", 10}, {"be-pool", 10},
				}},
				{"In depth", "Two problems from everyday work. A few sentences on each point are enough.", 40, []seedSlot{
					{"be-lost-update", 25}, {"be-slow-query", 25},
				}},
				{"Working with others", "", 15, []seedSlot{{"be-disagree", 10}}},
			},
		},
	},
	{
		title: "Infrastructure Engineer", department: "Platform", location: "Lisbon", level: term.Experienced,
		summary: "Runs the platform that eleven product teams deploy to. The aim is that a release is a dull event, and that an outage is short, " +
			"understood and not repeated.",
		responsibilities: []string{
			"Operate and upgrade the Kubernetes clusters, their networks and their ingress",
			"Describe every environment in code, reviewed and applied by a pipeline and not by hand",
			"Give each service measurements, targets and alarms that mean something",
			"Lead the response to incidents, and write reviews that change something",
			"Teach product teams how to release, roll back and debug on their own",
		},
		preferred: []string{
			"Has moved a running product between clusters or regions",
			"Has written a Terraform module or an operator that others used",
			"Has managed the cost of a cloud account, with figures",
		},
		skills: []seedMustHave{
			{seedReliability, 30, "Sets a target, measures it, and brings a failing system back calmly."},
			{seedContainers, 25, "Knows what the scheduler, probes and limits do when things go wrong."},
			{seedNetworks, 20, "Finds out where a connection dies without guessing."},
			{seedCode, 15, "Changes infrastructure by reviewed code with shared, locked state."},
			{seedCollaboration, 10, "Explains an incident to people who were asleep."},
		},
		template: seedTemplate{
			name: "Infrastructure Engineer: operations assessment", cut: 58, feedback: term.FeedbackOutcome,
			instructions: "The first part asks for facts that you use daily. In the second part we want to see how you think: say what you would " +
				"do first, and why. Name tools if you like; none is expected.",
			sections: []seedSection{
				{"Foundations", "Facts and small calculations; a calculator is welcome.", 20, []seedSlot{
					{"in-container", 10}, {"in-subnet", 10}, {"in-probes", 10}, {"in-budget", 15},
				}},
				{"Operations in writing", "Two situations. Numbered steps are welcome.", 45, []seedSlot{
					{"in-latency", 30}, {"in-release", 25},
				}},
			},
		},
	},
	{
		title: "Product Security Engineer", department: "Security", location: "Remote in Europe", level: term.Senior,
		summary: "Makes our products hard to attack by working beside the teams that build them: early questions, good defaults, and calm when " +
			"something was found.",
		responsibilities: []string{
			"Model threats with product teams before the first line of code",
			"Review designs and changes where trust boundaries are crossed",
			"Run the intake of vulnerability reports, from the first reply to the fix",
			"Build checks and libraries that make the safe way the easy way",
			"Prepare and rehearse the response to leaked secrets and stolen accounts",
		},
		preferred: []string{
			"Has reported or coordinated a vulnerability in somebody else's product",
			"Has built an authentication or authorization component that is in production",
			"Has taught secure coding to engineers who had not asked for it",
		},
		skills: []seedMustHave{
			{seedSecurity, 40, "Recognizes the common flaws of web products in code, and knows the fix that lasts."},
			{seedThreats, 30, "Finds the few threats that matter, and says what is accepted."},
			{seedCollaboration, 20, "Wins a fix by argument and help, without a veto."},
			{seedNetworks, 10, "Knows what TLS, cookies and origins protect, and what they do not."},
		},
		template: seedTemplate{
			name: "Product Security Engineer: assessment", cut: 62, feedback: term.FeedbackSections,
			instructions: "Think of a product with ten thousand business customers. We look for judgement: what is likely, what would hurt, and " +
				"what is worth doing about it.",
			sections: []seedSection{
				{"Recognizing flaws", "Short questions.", 20, []seedSlot{
					{"ps-injection", 10}, {"ps-object", 10}, {"ps-script", 10}, {"ps-code", 10},
				}},
				{"Judgement", "Two cases. State your assumptions.", 45, []seedSlot{
					{"ps-upload", 25}, {"ps-leak", 20},
				}},
				{"Working with others", "", 15, []seedSlot{{"ps-pushback", 15}}},
			},
		},
	},
}

// seedSecondBackend is version 2 of the first template: a short text and a design problem take the place of two questions.
var seedSecondBackend = seedTemplate{
	name: "Backend Developer: core assessment", cut: 60, feedback: term.FeedbackSections,
	instructions: "Answer in your own words. Where a question asks for an explanation, the reasons count for more than the right term. " +
		"You may look things up as you would at work; please do not have the answers written for you.",
	sections: []seedSection{
		{"Interfaces and data", "Short questions with one right answer or a set of them.", 20, []seedSlot{
			{"be-retry", 10}, {"be-consumer", 10}, {"be-list", 5}, {"be-pool", 10},
		}},
		{"In depth", "Two problems from everyday work. A few sentences on each point are enough.", 45, []seedSlot{
			{"be-lost-update", 25}, {"be-webhooks", 30},
		}},
		{"Working with others", "", 15, []seedSlot{{"be-disagree", 10}}},
	},
}

// seedNextInfrastructure is the open draft of the second template's next version.
var seedNextInfrastructure = seedTemplate{
	name: "Infrastructure Engineer: operations assessment", cut: 60, feedback: term.FeedbackSections,
	instructions: "The first part asks for facts that you use daily. In the second part we want to see how you think: say what you would do " +
		"first, and why. Name tools if you like; none is expected.",
	sections: []seedSection{
		{"Foundations", "Facts and small calculations; a calculator is welcome.", 25, []seedSlot{
			{"in-container", 10}, {"in-subnet", 10}, {"in-probes", 10}, {"in-budget", 10}, {"in-cache-time", 5}, {"in-state", 10},
		}},
		{"Operations in writing", "Two situations. Numbered steps are welcome.", 45, []seedSlot{
			{"in-latency", 25}, {"in-release", 20},
		}},
		{"Learning from failure", "", 15, []seedSlot{{"in-review", 10}}},
	},
}

// seedOtherRole is the one job role of the second organization.
var seedOtherRole = seedRole{
	title: "Technical Support Specialist", department: "Customer Care", location: "Utrecht", level: term.Entry,
	summary:          "Answers customers' technical questions, finds out what really happened, and tells engineering in a way that gets it fixed.",
	responsibilities: []string{"Answer customers by mail and telephone", "Reproduce faults and describe them", "Keep the help pages true"},
	preferred:        []string{"Has worked with a ticket system", "Speaks a second language at work"},
	skills: []seedMustHave{
		{seedCollaboration, 60, "Explains without jargon and without talking down."},
		{seedNetworks, 40, "Can tell a fault of the customer's network from one of ours."},
	},
	template: seedTemplate{
		name: "Support: first screening", cut: 50, feedback: term.FeedbackOutcome,
		instructions: "Three questions, about twenty minutes.",
		sections: []seedSection{
			{"Basics", "", 10, []seedSlot{{"be-methods", 10}, {"in-cache-time", 10}}},
			{"In writing", "", 20, []seedSlot{{"be-explain", 30}}},
		},
	},
}
