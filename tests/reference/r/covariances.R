# Coefficients, standard errors and degrees of freedom by clubSandwich, sandwich, plm and estimatr.
#
#   STOEVAL_VALIDATION=<directory of validation sets> Rscript covariances.R <output directory>
#
# writes covariances.csv (case, engine, kind, quantity, term, value in 17 digits) and session.txt.

suppressMessages({
  library(clubSandwich)
  library(sandwich)
  library(plm)
  library(estimatr)
})

directory <- Sys.getenv("STOEVAL_VALIDATION")
output <- commandArgs(trailingOnly = TRUE)[1]
stopifnot(nzchar(directory), !is.na(output))

# --- data ----------------------------------------------------------------------------------------------------

validation <- function(file) read.csv(file.path(directory, file))

mpdta <- function() {
  frame <- validation("mpdta.csv")
  frame$treated <- as.numeric(frame$first.treat > 0 & frame$year >= frame$first.treat)
  frame$size <- exp(frame$lpop)
  frame$state <- frame$countyreal %/% 1000
  frame
}

medicaid_years <- c(2008:2012, 2014, 2015)

medicaid <- function() {
  frame <- validation("ehec_data.csv")
  later <- is.na(frame$yexp2) | frame$yexp2 >= 2016
  expanded <- !is.na(frame$yexp2) & frame$yexp2 == 2014
  frame <- frame[frame$year < 2016 & (expanded | later), ]
  for (year in medicaid_years) {
    frame[[paste0("d", year)]] <- as.numeric(!is.na(frame$yexp2) & frame$yexp2 == 2014 & frame$year == year)
  }
  frame
}

base_did <- function() transform(validation("base_did.csv"), treat_post = treat * post)

base_stagg <- function() transform(validation("base_stagg.csv"), active = treated * (time_to_treatment >= 0))

# Eight clusters of 2 to 40 rows, by integer arithmetic that any language repeats exactly.
uneven <- function() {
  sizes <- c(2, 3, 5, 8, 13, 21, 34, 40)
  row <- seq_len(sum(sizes)) - 1
  group <- rep(seq_along(sizes) - 1, sizes)
  data.frame(
    group = group,
    unit = group * 100 + row %/% 3,
    year = row %% 4,
    dose = ((row * row * 7 + row * 13) %% 101) / 4 + group %% 3,
    size = (row * 5) %% 7 + 1,
    rain = ((row * row * 11 + row * 3) %% 89) / 8,
    sold = ((row * row * 31 + row * 17) %% 97) / 2 + group * 3 + (row %% 4) * ((group * 5) %% 3)
  )
}

case <- function(name, make, outcome, terms, cluster, unit = NULL, time = NULL, weights = NULL) {
  list(name = name, frame = make(), outcome = outcome, terms = terms, cluster = cluster, unit = unit, time = time,
       weights = weights)
}

grunfeld <- function() validation("plm_Grunfeld.csv")
kielmc <- function() validation("kielmc.csv")
firm_terms <- c("value", "capital")
expansion <- paste0("d", medicaid_years)

cases <- list(
  case("grunfeld-one-way", grunfeld, "inv", firm_terms, "firm", "firm"),
  case("grunfeld-two-way", grunfeld, "inv", firm_terms, "firm", "firm", "year"),
  case("kielmc", kielmc, "rprice", c("y81", "nearinc", "y81nrinc"), "nbh"),
  case("base-did", base_did, "y", c("treat_post", "x1"), "id", "id", "period"),
  case("base-stagg", base_stagg, "y", c("active", "x1"), "id", "id", "year"),
  case("medicaid", medicaid, "dins", expansion, "stfips", "stfips", "year"),
  case("medicaid-weighted", medicaid, "dins", expansion, "stfips", "stfips", "year", "W"),
  case("mpdta", mpdta, "lemp", "treated", "countyreal", "countyreal", "year"),
  case("mpdta-states", mpdta, "lemp", "treated", "state", "countyreal", "year"),
  case("mpdta-states-weighted", mpdta, "lemp", "treated", "state", "countyreal", "year", "size"),
  case("uneven", uneven, "sold", c("dose", "rain"), "group"),
  case("uneven-weighted", uneven, "sold", c("dose", "rain"), "group", NULL, NULL, "size"),
  case("uneven-units", uneven, "sold", c("dose", "rain"), "group", "unit", "year"),
  case("uneven-units-weighted", uneven, "sold", c("dose", "rain"), "group", "unit", "year", "size")
)

# --- models --------------------------------------------------------------------------------------------------

effects_of <- function(one) c(one$unit, one$time)

# On average one, as clubSandwich holds eigenvalues below an absolute 1e-12 for zero.
weights_of <- function(one) {
  if (is.null(one$weights)) rep(1, nrow(one$frame)) else one$frame[[one$weights]] / mean(one$frame[[one$weights]])
}

# Dummies for every effect.
with_dummies <- function(one) {
  right <- c(one$terms, sprintf("factor(%s)", effects_of(one)))
  frame <- one$frame
  frame$weight_ <- weights_of(one)
  lm(reformulate(right, one$outcome), frame, weights = weight_)
}

# The same with rows times the root of their weights, so that the working variances are 1 / weight.
scaled_dummies <- function(one) {
  root <- sqrt(weights_of(one))
  columns <- model.matrix(with_dummies(one)) * root
  lm(I(one$frame[[one$outcome]] * root) ~ 0 + columns)
}

# The unit effect taken out of every column as a weighted mean; dummies for the years; rows times the root
# of their weights.
absorbed <- function(one) {
  years <- if (is.null(one$time)) NULL else model.matrix(~ factor(one$frame[[one$time]]))[, -1, drop = FALSE]
  columns <- cbind(as.matrix(one$frame[c(one$outcome, one$terms)]), years)
  weight_ <- weights_of(one)
  if (is.null(one$unit)) {
    columns <- cbind(columns, constant = 1)
  } else {
    unit <- factor(one$frame[[one$unit]])
    columns <- columns - (rowsum(columns * weight_, unit) / rowsum(weight_, unit)[, 1])[as.integer(unit), ]
  }
  columns <- columns * sqrt(weight_)
  lm(columns[, 1] ~ 0 + columns[, -1])
}

# --- numbers -------------------------------------------------------------------------------------------------

rows <- list()

keep <- function(one, engine, kind, quantity, values, terms = one$terms) {
  rows[[length(rows) + 1]] <<- data.frame(case = one$name, engine = engine, kind = kind, quantity = quantity,
                                          term = terms, value = sprintf("%.17g", as.numeric(values)))
}

std_errors <- function(matrix, positions) sqrt(diag(as.matrix(matrix))[positions])

club_sandwich <- function(one) {
  dummies <- scaled_dummies(one)
  within <- absorbed(one)
  clusters <- one$frame[[one$cluster]]
  few <- length(coef(dummies)) < 100
  for (type in c("CR0", "CR1", "CR1S", "CR2", "CR3")) {
    # CR3 inverts I - H, which effects nested in a cluster make singular: take them out first. Hundreds of dummies
    # are taken out first too, for time, except where they count as parameters.
    taken_out <- type == "CR3" || (!few && type != "CR1S")
    model <- if (taken_out) within else dummies
    at <- if (taken_out) seq_along(one$terms) else match(paste0("columns", one$terms), names(coef(model)))
    matrix <- vcovCR(model, cluster = clusters, type = type)
    keep(one, "clubSandwich", type, "std_error", std_errors(matrix, at))
    if (type %in% c("CR1", "CR1S")) next
    found <- coef_test(model, matrix, test = "Satterthwaite", coefs = at)
    keep(one, "clubSandwich", type, "df", found$df_Satt)
    if (type == "CR2" && length(at) > 1) {
      tested <- at[1:2]
      joint <- Wald_test(model, constrain_zero(tested, coefs = coef(model)), matrix, test = "HTZ")
      keep(one, "clubSandwich", "HTZ", "statistic", joint$Fstat, "first two")
      keep(one, "clubSandwich", "HTZ", "df", joint$df_denom, "first two")
    }
  }
}

by_sandwich <- function(one) {
  model <- with_dummies(one)
  at <- match(one$terms, names(coef(model)))
  clusters <- one$frame[[one$cluster]]
  keep(one, "sandwich", "lm", "coefficient", coef(model)[at])
  types <- if (is.null(one$unit) && is.null(one$weights)) c("HC0", "HC1", "HC2", "HC3") else c("HC0", "HC1")
  for (type in types) {
    keep(one, "sandwich", type, "std_error", std_errors(vcovCL(model, clusters, type = type), at))
  }
}

by_plm <- function(one) {
  effect <- if (is.null(one$time)) "individual" else "twoways"
  index <- c(one$unit, if (is.null(one$time)) "year" else one$time)
  model <- plm(reformulate(one$terms, one$outcome), one$frame, index = index, model = "within", effect = effect)
  at <- match(one$terms, names(coef(model)))
  keep(one, "plm", effect, "coefficient", coef(model)[at])
  matrix <- vcovHC(model, method = "arellano", type = "HC0", cluster = "group")
  keep(one, "plm", "arellano HC0", "std_error", std_errors(matrix, at))
}

by_estimatr <- function(one) {
  frame <- one$frame
  frame$cluster_ <- frame[[one$cluster]]
  formula <- reformulate(one$terms, one$outcome)
  effects <- if (is.null(one$unit)) NULL else reformulate(effects_of(one))
  few <- is.null(one$unit) || length(unique(frame[[one$unit]])) < 100  # CR2 takes minutes beyond
  for (type in c("CR0", "stata", if (few) "CR2")) {
    arguments <- list(formula, frame, clusters = quote(cluster_), se_type = type)
    if (!is.null(effects)) arguments$fixed_effects <- effects
    model <- do.call(lm_robust, arguments)
    at <- match(one$terms, names(coef(model)))
    keep(one, "estimatr", type, "std_error", model$std.error[at])
    if (type == "CR2") keep(one, "estimatr", type, "df", model$df[at])
  }
}

for (one in cases) {
  club_sandwich(one)
  by_sandwich(one)
  if (is.null(one$weights)) by_estimatr(one)
  if (is.null(one$weights) && identical(one$unit, one$cluster)) by_plm(one)
}

write.csv(do.call(rbind, rows), file.path(output, "covariances.csv"), row.names = FALSE, quote = FALSE)
info <- sessionInfo()
packages <- vapply(info$otherPkgs, function(each) paste(each$Package, each$Version), "")
writeLines(c(info$R.version$version.string, info$platform, sort(packages), extSoftVersion()[["BLAS"]] |> basename()),
           file.path(output, "session.txt"))
