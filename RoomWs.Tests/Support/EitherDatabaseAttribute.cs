using NUnit.Framework;

namespace RoomWs.Tests.Support;

/// <summary>The test is about what the server does, on whichever database it keeps its rooms: <c>./run.sh test --postgres</c> runs it too.</summary>
[AttributeUsage(AttributeTargets.Class | AttributeTargets.Method)]
internal sealed class EitherDatabaseAttribute : CategoryAttribute;
