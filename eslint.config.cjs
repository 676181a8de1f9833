// What eslint looks for in the app's JavaScript. Its version, and those of what is required here, stand in
// .pre-commit-config.yaml: a package.json in this folder would make every bench that gets the app install them.

const js = require("@eslint/js");
const globals = require("globals");

// What Frappe puts into every page of the desk, as far as we use it.
const desk = Object.fromEntries(
	[
		"$",
		"__",
		"cint",
		"cur_dialog",
		"cur_frm",
		"cur_list",
		"format_number",
		"frappe",
		"locals",
		"open_url_post",
		"p2ham",
		"strip_html",
	].map((name) => [name, "readonly"])
);

module.exports = [
	{ ignores: ["p2ham/public/dist/**", "**/node_modules/**"] },
	js.configs.recommended,
	{
		linterOptions: { reportUnusedDisableDirectives: "error" },
		rules: {
			eqeqeq: "error",
			"no-unused-vars": ["error", { argsIgnorePattern: "^_", ignoreRestSiblings: true }],
			"no-var": "error",
			"prefer-const": "error",
		},
	},
	{
		files: ["p2ham/**/*.js"],
		languageOptions: { ecmaVersion: 2022, globals: { ...globals.browser, ...desk } },
	},
	{
		files: ["p2ham/public/js/**/*.js"],
		languageOptions: { sourceType: "module" },
	},
	{
		// Evaluated by the desk, some of them again whenever the meta is loaded again: what such a file declares at its
		// top would be everybody's, and in reports and pages could not be declared a second time.
		files: ["p2ham/p2ham/**/*.js"],
		languageOptions: { sourceType: "script" },
		rules: {
			"no-implicit-globals": ["error", { lexicalBindings: true }],
			"max-lines": ["error", 300],
		},
	},
	{
		files: ["*.cjs", "script/**/*.js", "tests/**/*.js"],
		languageOptions: { sourceType: "commonjs", globals: globals.node },
	},
];
