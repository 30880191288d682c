// JobMessages
