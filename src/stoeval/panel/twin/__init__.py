"""The simulated twin in parts: land, schools, choices, exams, money, people, answers and flows."""
